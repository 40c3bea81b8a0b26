"""The devices: which systems the app supports, how it reacts to a hostile one, and those our own people work on."""

from compliance.registers.declaration import Field, Printed, RegisterType, register, words
from risks.registers.doubts import of_share
from risks.registers.scopes import ORGANISATION, PROJECT

GROUP = "Devices"
PLATFORMS = (
    ("android", "Android"),
    ("ios", "iOS"),
    ("harmonyos", "HarmonyOS"),
    ("wearos", "Wear OS"),
    ("watchos", "watchOS"),
)

register(
    RegisterType(
        key="os-support",
        title="Operating systems supported",
        noun="supported system",
        prefix="OS",
        clause="ISO/IEC 27001 A.8.8, A.8.19; MASVS-CODE-1",
        purpose="Which versions the app still runs on, how many people that is, and when each gets no more fixes.",
        main="Version",
        main_help="E.g. Android 9 (API 28).",
        group=GROUP,
        order=90,
        scopes=PROJECT,
        review_days=180,
        links=("evidence", "control", "risk"),
        fields=(
            Field("choice_1", "platform", "Platform", choices=PLATFORMS, required=True, listed=True),
            Field("text_1", "least", "Lowest version", required=True, listed=True),
            Field("text_2", "patch", "Lowest patch level"),
            Field("number_1", "target_sdk", "Target level", low=0, listed=True),
            Field("number_2", "share", "Share of users", unit="%", low=0, high=100, listed=True),
            Field("day_1", "fixes_until", "Fixes until", due="system gets no more fixes", listed=True),
            Field(
                "choice_2",
                "decision",
                "Decision",
                choices=words("supported", "warn", "block"),
                required=True,
                listed=True,
                is_state=True,
            ),
            Field("text_3", "why", "Reason", long=True),
        ),
        printed=Printed(
            105,
            "Operating systems supported",
            columns=("platform", "least", "target_sdk", "share", "fixes_until", "decision"),
            optional=True,
        ),
    )
)

register(
    RegisterType(
        key="posture",
        title="Reactions to hostile devices",
        noun="reaction",
        prefix="DP",
        clause="ISO/IEC 27001 A.8.1; MASVS-RESILIENCE-1",
        purpose="What the app does when the device is rooted, hooked, emulated or watched.",
        main="Reaction in words",
        group=GROUP,
        order=91,
        scopes=PROJECT,
        links=("evidence", "control", "risk"),
        fields=(
            Field(
                "choice_1",
                "check",
                "Found",
                choices=words(
                    "rooted",
                    "jailbroken",
                    "emulator",
                    "hooking",
                    "debugger",
                    "screen_lock_off",
                    "outdated_os",
                    "overlay",
                    "accessibility_abuse",
                    "app_cloned",
                ),
                required=True,
                listed=True,
            ),
            Field(
                "choice_2",
                "reaction",
                "Reaction",
                choices=words("ignore", "log", "warn", "limit_function", "block"),
                required=True,
                listed=True,
            ),
            Field("text_1", "why", "Why this much", required=True, long=True),
            Field("day_1", "tested", "Tested on", listed=True),
        ),
        printed=Printed(
            106, "Reactions to hostile devices", columns=("check", "reaction", "why", "tested"), optional=True
        ),
    )
)

register(
    RegisterType(
        key="workplaces",
        title="Devices of our people",
        noun="baseline",
        prefix="EB",
        clause="ISO/IEC 27001 A.8.1, A.8.7",
        purpose="What a device must have before it touches code or data.",
        main="Baseline",
        group=GROUP,
        order=92,
        scopes=ORGANISATION,
        links=("control", "evidence", "risk"),
        fields=(
            Field("text_1", "management", "Managed by", listed=True),
            Field("choice_1", "encryption", "Disk encryption", choices=words("required", "not_required"), listed=True),
            Field(
                "choice_2", "protection", "Malware protection", choices=words("required", "not_required"), listed=True
            ),
            Field("number_1", "lock", "Locks after", unit="minutes", low=0, listed=True),
            Field("text_2", "least", "Lowest system version", listed=True),
        ),
    )
)

register(
    RegisterType(
        key="workplace-checks",
        title="Devices checked",
        noun="check of devices",
        plural="checks of devices",
        prefix="BC",
        clause="ISO/IEC 27001 A.8.1, 9.1",
        purpose="How many of our devices met the baseline on a day.",
        main="Said of it",
        group=GROUP,
        order=93,
        scopes=ORGANISATION,
        owner="Checked by",
        review_days=None,
        under="workplaces",
        trend="compliant/population",
        doubts=of_share("compliant", "population", "{} devices do not meet the baseline."),
        fields=(
            Field("day_1", "checked", "Checked on", required=True, listed=True),
            Field("number_1", "compliant", "Met it", low=0, required=True, listed=True),
            Field("number_2", "population", "Devices", low=0, required=True, listed=True),
            Field("text_1", "basis", "Counted from", listed=True),
        ),
        printed=Printed(
            58, "Devices of our people", columns=("checked", "compliant", "population", "basis"), optional=True
        ),
    )
)
