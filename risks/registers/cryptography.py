"""What protects data: uses of cryptography, where data is stored, and the ways it could leak from a device."""

from compliance.registers.declaration import YES_NO, Field, Printed, RegisterType, register, words
from risks.registers.doubts import of_cryptography, of_leak_channel
from risks.registers.scopes import BOTH, PROJECT

GROUP = "Protection of data"

register(
    RegisterType(
        key="cryptography",
        title="Cryptography",
        noun="use of cryptography",
        plural="uses of cryptography",
        prefix="CY",
        clause="ISO/IEC 27001 A.8.24",
        purpose="Where we encrypt, sign or hash, with what, where the key lies and who renews it.",
        main="What is protected",
        group=GROUP,
        order=100,
        scopes=BOTH,
        review_days=365,
        links=("control", "evidence", "risk"),
        doubts=of_cryptography,
        fields=(
            Field(
                "choice_1",
                "purpose",
                "Purpose",
                choices=words("storage", "transport", "signing", "token", "backup", "end_to_end", "hashing"),
                required=True,
                listed=True,
            ),
            Field("text_1", "algorithm", "Algorithm", required=True, listed=True, help="AES, Ed25519, SHA-256"),
            Field("text_2", "mode", "Mode or padding", help="GCM, OAEP, PSS"),
            Field("number_1", "bits", "Key length", unit="bit", low=0, high=100_000, listed=True),
            Field(
                "choice_2",
                "key_location",
                "Key lies in",
                choices=(
                    ("secure_enclave", "Secure Enclave"),
                    ("strongbox", "StrongBox"),
                    ("keystore_tee", "Keystore (TEE)"),
                    ("keychain", "Keychain"),
                    ("kms", "Key management service"),
                    ("hsm", "Hardware security module"),
                    ("software", "Software"),
                    ("none", "There is no key"),
                ),
                required=True,
                listed=True,
            ),
            Field("number_2", "rotation", "Renewed every", unit="days", low=0, high=20_000),
            Field("day_1", "renewed", "Last renewed"),
            Field("day_2", "renew_by", "Renew by", due="key is to be renewed", listed=True),
            Field(
                "choice_3",
                "status",
                "Status",
                choices=words("approved", "legacy_allowed", "prohibited"),
                required=True,
                listed=True,
                is_state=True,
            ),
            Field("text_3", "why", "Why it is acceptable", long=True),
        ),
        printed=Printed(
            102,
            "Cryptography",
            columns=("purpose", "algorithm", "bits", "key_location", "renew_by", "status"),
            optional=True,
        ),
    )
)

register(
    RegisterType(
        key="storage-decisions",
        title="Storage decisions",
        noun="storage decision",
        prefix="SD",
        clause="ISO/IEC 27001 A.5.23, A.8.13",
        purpose="Why each store of data is where it is, who holds its keys, and where the data may not go.",
        main="Store",
        group=GROUP,
        order=101,
        scopes=BOTH,
        links=("control", "evidence", "document", "party"),
        fields=(
            Field(
                "choice_1",
                "hosting",
                "Hosting",
                choices=words("on_device", "in_house", "private_cloud", "public_cloud", "hybrid"),
                required=True,
                listed=True,
            ),
            Field(
                "choice_2",
                "key_custody",
                "Keys are held by",
                choices=(
                    ("own", "Us"),
                    ("provider", "The provider"),
                    ("byok", "The provider, our key (BYOK)"),
                    ("hyok", "Us only (HYOK)"),
                    ("none", "Not encrypted"),
                ),
                required=True,
                listed=True,
            ),
            Field("text_1", "residency", "Region", required=True, listed=True, help="Countries the data may lie in."),
            Field("text_2", "backup", "Backup and its protection", long=True),
            Field("text_3", "reasons", "Reasons for the choice", required=True, long=True),
        ),
        printed=Printed(
            103,
            "Storage decisions",
            columns=("hosting", "key_custody", "residency", "backup", "reasons"),
            optional=True,
        ),
    )
)

register(
    RegisterType(
        key="leak-channels",
        title="Leak channels",
        noun="leak channel",
        prefix="LC",
        clause="ISO/IEC 27001 A.8.12; MASVS-STORAGE-2, MASVS-PLATFORM-3",
        purpose="Every way data can leave the app unasked, from screenshots to crash reports, and what closes it.",
        main="What could leak",
        group=GROUP,
        order=102,
        scopes=PROJECT,
        review_days=180,
        links=("evidence", "control", "risk"),
        doubts=of_leak_channel,
        fields=(
            Field(
                "choice_1",
                "channel",
                "Channel",
                choices=words(
                    "screenshot",
                    "app_switcher",
                    "clipboard",
                    "os_backup",
                    "logs",
                    "crash_report",
                    "keyboard_cache",
                    "notification",
                    "share_intent",
                    "file_export",
                    "webview_cache",
                    "analytics_event",
                ),
                required=True,
                listed=True,
            ),
            Field(
                "choice_2",
                "protection",
                "Protection",
                choices=words("blocked", "masked", "allowed_justified", "untested"),
                required=True,
                listed=True,
                is_state=True,
            ),
            Field("text_1", "how", "How", long=True),
            Field("text_2", "reason", "Reason, when it is allowed", long=True),
            Field("day_1", "tested", "Tested on", listed=True),
            Field("text_3", "release", "Tested in release", listed=True),
            Field("choice_3", "android", "On Android", choices=YES_NO),
            Field("choice_4", "ios", "On iOS", choices=YES_NO),
        ),
        printed=Printed(
            104, "Leak channels", columns=("channel", "protection", "how", "reason", "tested", "release"), optional=True
        ),
    )
)
