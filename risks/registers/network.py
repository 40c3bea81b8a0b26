"""The way between app and services: exposure, endpoints with their TLS and pins, integrations."""

from compliance.registers.declaration import YES_NO, Field, Printed, RegisterType, register, words
from risks.registers.doubts import of_endpoint
from risks.registers.scopes import BOTH, TESTED

GROUP = "Network and interfaces"
TLS = (
    ("none", "None (cleartext)"),
    ("tls10", "TLS 1.0"),
    ("tls11", "TLS 1.1"),
    ("tls12", "TLS 1.2"),
    ("tls13", "TLS 1.3"),
    ("mtls", "Mutual TLS"),
)

register(
    RegisterType(
        key="exposure",
        title="Network exposure",
        noun="zone",
        prefix="NX",
        clause="ISO/IEC 27001 A.8.20, A.8.22",
        purpose="What can be reached from where, what keeps zones apart, and when that was last tried.",
        main="Zone or service",
        group=GROUP,
        order=110,
        scopes=BOTH,
        review_days=180,
        links=("control", "evidence", "risk"),
        fields=(
            Field(
                "choice_1",
                "exposure",
                "Reached from",
                choices=words("internet", "partner", "internal", "isolated"),
                required=True,
                listed=True,
            ),
            Field("text_1", "contents", "What runs there", required=True, listed=True, long=True),
            Field("text_2", "separation", "What keeps it apart", long=True),
            Field("day_1", "tested", "Separation tested on", listed=True),
            Field("choice_2", "result", "Result", choices=TESTED, listed=True, is_state=True),
            Field("day_2", "test_by", "Test again by", due="test of the separation falls due", ends=False),
        ),
        printed=Printed(
            107, "Network exposure", columns=("exposure", "contents", "separation", "tested", "result"), optional=True
        ),
    )
)

register(
    RegisterType(
        key="endpoints",
        title="Endpoints",
        noun="endpoint",
        prefix="EP",
        clause="ISO/IEC 27001 A.8.20, A.8.24; MASVS-NETWORK-1, MASVS-NETWORK-2",
        purpose="Every address the app talks to: its TLS, whether certificates are checked, pins and their end, scans.",
        main="Host",
        main_help="E.g. api.example.com",
        group=GROUP,
        order=111,
        scopes=BOTH,
        review_days=90,
        links=("evidence", "control", "party", "risk"),
        doubts=of_endpoint,
        fields=(
            Field("text_1", "use", "Used for", required=True),
            Field("choice_1", "tls", "Lowest TLS accepted", choices=TLS, required=True, listed=True),
            Field("choice_2", "checks", "Host name and certificate are checked", choices=YES_NO, required=True),
            Field("choice_3", "pinned", "Pinned", choices=YES_NO, required=True, listed=True),
            Field("day_1", "pin_expires", "Pins hold until", due="pins end", listed=True),
            Field("choice_4", "spare_pin", "Spare pin", choices=YES_NO),
            Field("day_2", "certificate_until", "Certificate until", due="certificate ends"),
            Field("day_3", "cleartext_until", "Cleartext allowed until", due="cleartext exception ends"),
            Field("day_4", "scanned", "Scanned on"),
            Field("choice_5", "result", "Scan", choices=TESTED, listed=True, is_state=True),
            Field("text_2", "notes", "Notes", long=True),
        ),
        printed=Printed(
            108,
            "Endpoints",
            columns=("use", "tls", "pinned", "pin_expires", "scanned", "result"),
            optional=True,
        ),
    )
)

register(
    RegisterType(
        key="integrations",
        title="Interfaces and integrations",
        noun="interface",
        prefix="IF",
        clause="ISO/IEC 27001 A.5.19 to A.5.23, A.8.26",
        purpose="Each interface we offer or use: with whom, how it proves who it is, and no more rights than it needs.",
        main="Interface",
        group=GROUP,
        order=112,
        scopes=BOTH,
        review_days=180,
        links=("party", "control", "evidence", "risk"),
        fields=(
            Field("choice_1", "direction", "Direction", choices=words("inbound", "outbound", "both"), required=True),
            Field("choice_2", "trust", "With", choices=words("first_party", "partner", "public"), listed=True),
            Field(
                "choice_3",
                "auth",
                "Proves itself by",
                choices=(
                    ("none", "Nothing"),
                    ("api_key", "API key"),
                    ("oauth2_client", "OAuth 2 client"),
                    ("oauth2_pkce", "OAuth 2 with PKCE"),
                    ("oidc", "OpenID Connect"),
                    ("mtls", "Mutual TLS"),
                    ("signed_request", "Signed request"),
                    ("webhook_hmac", "Webhook with HMAC"),
                ),
                required=True,
                listed=True,
            ),
            Field("text_1", "scopes", "Rights it has", required=True, listed=True),
            Field("text_2", "why", "Why it needs them", long=True),
            Field("text_3", "data", "Data that passes", long=True),
            Field("choice_4", "limited", "Rate limited", choices=YES_NO, listed=True),
            Field("choice_5", "validated", "Input validated against a schema", choices=YES_NO),
            Field("choice_6", "monitored", "Monitored", choices=YES_NO),
        ),
        printed=Printed(
            109,
            "Interfaces and integrations",
            columns=("trust", "auth", "scopes", "data", "limited", "monitored"),
            optional=True,
        ),
    )
)
