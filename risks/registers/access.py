"""How people get in: populations, reviews of their access, multi-factor coverage, guidance in the app."""

from compliance.registers.declaration import YES_NO, Field, Printed, RegisterType, register, words
from risks.registers.doubts import of_share
from risks.registers.scopes import BOTH, PROJECT

GROUP = "Identity and access"

register(
    RegisterType(
        key="populations",
        title="Identities and access",
        noun="population",
        prefix="ID",
        clause="ISO/IEC 27001 A.5.15 to A.5.18, A.8.5",
        purpose="Who signs in, how, and what a session may do: users, support, administrators, machines.",
        main="Population",
        main_help="E.g. People who use the app; support agents with the console.",
        group=GROUP,
        order=80,
        scopes=BOTH,
        review_days=180,
        links=("control", "evidence", "risk", "party"),
        fields=(
            Field(
                "choice_1",
                "kind",
                "Kind",
                choices=words(
                    "end_user",
                    "minor",
                    "clinician",
                    "merchant",
                    "support_agent",
                    "admin",
                    "developer",
                    "service_account",
                ),
                required=True,
                listed=True,
            ),
            Field(
                "choice_2",
                "method",
                "Signs in with",
                choices=(
                    ("password", "Password"),
                    ("passkey", "Passkey"),
                    ("magic_link", "Link by mail"),
                    ("social_oidc", "Account elsewhere (OpenID Connect)"),
                    ("sso", "Single sign-on"),
                    ("device_bound_key", "Key bound to the device"),
                    ("client_certificate", "Client certificate"),
                    ("api_key", "API key"),
                ),
                required=True,
                listed=True,
            ),
            Field(
                "choice_3",
                "second",
                "Second factor",
                choices=(
                    ("none", "None"),
                    ("otp_totp", "Code from an app"),
                    ("otp_sms", "Code by SMS"),
                    ("push", "Push"),
                    ("passkey", "Passkey"),
                    ("biometric_local", "Biometrics on the device"),
                ),
                required=True,
                listed=True,
            ),
            Field(
                "choice_4", "asked", "Second factor is asked", choices=words("always", "step_up", "optional", "never")
            ),
            Field("text_1", "session", "Session rules", long=True, help="How long, where, what ends it."),
            Field("text_2", "privileges", "What it may do", long=True),
            Field("text_3", "recovery", "Recovery", long=True),
            Field("choice_5", "privileged", "Privileged", choices=YES_NO, listed=True),
        ),
        printed=Printed(
            54, "Identities and access", columns=("kind", "method", "second", "asked", "session"), optional=True
        ),
    )
)

register(
    RegisterType(
        key="access-reviews",
        title="Access reviews",
        noun="access review",
        prefix="AR",
        clause="ISO/IEC 27001 A.5.18, A.8.2",
        purpose="That every account of a population was looked at, by whom, and what was decided for each.",
        main="Result",
        main_help="In one line: two accounts of people who left were closed.",
        group=GROUP,
        order=81,
        scopes=BOTH,
        owner="Reviewed by",
        review_days=None,
        under="populations",
        trend="reviewed/population",
        doubts=of_share("reviewed", "population", "{} accounts were not looked at."),
        fields=(
            Field("day_1", "held", "Held on", required=True, listed=True),
            Field("number_1", "population", "Accounts there are", low=0, required=True, listed=True),
            Field("number_2", "reviewed", "Accounts looked at", low=0, required=True, listed=True),
            Field("number_3", "kept", "Kept", low=0, listed=True),
            Field("number_4", "changed", "Changed", low=0, listed=True),
            Field("number_5", "revoked", "Revoked", low=0, listed=True),
            Field("text_1", "source", "Population taken from", long=True, help="The export the count rests on."),
            Field("day_2", "next", "Next by", due="access review falls due", ends=False),
        ),
        printed=Printed(
            55,
            "Access reviews",
            columns=("held", "population", "reviewed", "kept", "changed", "revoked"),
            optional=True,
        ),
    )
)

register(
    RegisterType(
        key="mfa",
        title="Multi-factor coverage",
        noun="access to cover",
        plural="accesses to cover",
        prefix="MF",
        clause="ISO/IEC 27001 A.8.5",
        purpose="Where a second factor is asked: code, store consoles, cloud, signing keys, support; and exceptions.",
        main="Access",
        group=GROUP,
        order=82,
        scopes=BOTH,
        links=("control", "evidence", "risk"),
        fields=(
            Field(
                "choice_1",
                "area",
                "Area",
                choices=words("users", "code", "store_console", "cloud", "signing", "support", "office"),
                required=True,
                listed=True,
            ),
            Field("choice_2", "method", "Method", choices=words("passkey", "totp", "push", "sms", "none"), listed=True),
            Field("number_1", "target", "Target", unit="%", low=0, high=100, required=True, listed=True),
            Field("text_1", "exceptions", "Exceptions", long=True),
            Field("day_1", "exceptions_until", "Exceptions end", due="exceptions from the second factor end"),
        ),
    )
)

register(
    RegisterType(
        key="mfa-coverage",
        title="Coverage measured",
        noun="coverage",
        plural="measurements of coverage",
        prefix="MC",
        clause="ISO/IEC 27001 A.8.5, 9.1",
        purpose="How many of how many accounts had the second factor switched on, on a day.",
        main="Said of it",
        group=GROUP,
        order=83,
        scopes=BOTH,
        owner="Measured by",
        review_days=None,
        under="mfa",
        trend="enabled/total",
        doubts=of_share("enabled", "total", "{} accounts have no second factor."),
        fields=(
            Field("day_1", "measured", "Measured on", required=True, listed=True),
            Field("number_1", "enabled", "With second factor", low=0, required=True, listed=True),
            Field("number_2", "total", "Accounts", low=0, required=True, listed=True),
            Field("text_1", "basis", "Counted from", listed=True),
        ),
        printed=Printed(56, "Multi-factor coverage", columns=("measured", "enabled", "total", "basis"), optional=True),
    )
)

register(
    RegisterType(
        key="safeguards",
        title="Guidance in the app",
        noun="safeguard",
        prefix="GA",
        clause="ISO/IEC 27001 A.6.3, A.8.5; MASVS-AUTH-3",
        purpose="What the app itself does to keep people from harm: warnings, friction, alerts; each with a picture.",
        main="What people see",
        group=GROUP,
        order=84,
        scopes=PROJECT,
        links=("evidence", "control", "risk"),
        fields=(
            Field(
                "choice_1",
                "kind",
                "Kind",
                choices=words(
                    "password_strength",
                    "breach_password_check",
                    "phishing_warning",
                    "new_device_alert",
                    "step_up",
                    "session_list",
                    "security_tips",
                    "cooling_off",
                ),
                required=True,
                listed=True,
            ),
            Field("text_1", "where", "Where in the app", required=True, listed=True),
            Field("text_2", "since", "Since release", listed=True),
            Field("text_3", "effect", "Does it work", long=True, help="What was measured or heard from people."),
        ),
        printed=Printed(57, "Guidance in the app", columns=("kind", "where", "since", "effect"), optional=True),
    )
)
