"""How software is made and kept: decisions, environments, code reviews, penetration tests, what stores ask."""

from compliance.registers.declaration import YES_NO, Field, Printed, RegisterType, register, words
from risks.registers.doubts import of_environment
from risks.registers.scopes import BOTH, PROJECT

GROUP = "Development"

register(
    RegisterType(
        key="architecture",
        title="Architecture decisions",
        noun="architecture decision",
        prefix="AD",
        clause="ISO/IEC 27001 A.8.27; GDPR Art. 25",
        purpose="What was decided when there was a choice, and what that means for security and privacy.",
        main="Decision",
        group=GROUP,
        order=130,
        scopes=BOTH,
        owner="Decided by",
        links=("control", "document", "evidence", "risk"),
        fields=(
            Field("text_1", "context", "Context", required=True, long=True),
            Field("text_2", "options", "Options weighed", required=True, long=True),
            Field("text_3", "security", "Effect on security", required=True, listed=True, long=True),
            Field("text_4", "privacy", "Effect on privacy", required=True, listed=True, long=True),
            Field("day_1", "decided", "Decided on", required=True, listed=True),
            Field(
                "choice_1",
                "status",
                "Status",
                choices=words("proposed", "decided", "replaced"),
                required=True,
                listed=True,
                is_state=True,
            ),
        ),
        printed=Printed(
            109,
            "Architecture decisions",
            columns=("context", "security", "privacy", "decided", "status"),
            optional=True,
        ),
    )
)

register(
    RegisterType(
        key="environments",
        title="Environments",
        noun="environment",
        prefix="EN",
        clause="ISO/IEC 27001 A.8.31, A.8.33",
        purpose="Where software is built, tried and run, kept apart, and where real data may be.",
        main="Environment",
        group=GROUP,
        order=131,
        scopes=BOTH,
        links=("control", "evidence", "risk"),
        doubts=of_environment,
        fields=(
            Field(
                "choice_1", "kind", "Kind", choices=words("dev", "test", "staging", "prod"), required=True, listed=True
            ),
            Field(
                "choice_2",
                "real_data",
                "Real personal data",
                choices=words("no", "masked", "pseudonymised", "yes_approved"),
                required=True,
                listed=True,
            ),
            Field("text_1", "why", "Approved by and why", long=True),
            Field("text_2", "separation", "What keeps it apart", required=True, listed=True, long=True),
            Field("text_3", "access", "Who gets in", listed=True),
        ),
        printed=Printed(
            109, "Environments", columns=("kind", "real_data", "separation", "access", "why"), optional=True
        ),
    )
)

register(
    RegisterType(
        key="code-reviews",
        title="Code review samples",
        noun="sampled change",
        prefix="CR",
        clause="ISO/IEC 27001 A.8.4, A.8.28; MASVS-CODE-4",
        purpose="Changes drawn at random: somebody else looked at each before it went in, by the guideline.",
        main="Change",
        main_help="Number or address of the change.",
        group=GROUP,
        order=132,
        scopes=PROJECT,
        owner="Sampled by",
        review_days=None,
        links=("evidence", "control"),
        fields=(
            Field("day_1", "merged", "Went in on", required=True, listed=True),
            Field("who", "author", "Written by", required=True),
            Field("choice_1", "other", "Reviewed by somebody else", choices=YES_NO, required=True, listed=True),
            Field("choice_2", "guideline", "Guideline used", choices=YES_NO, required=True, listed=True),
            Field("choice_3", "high_risk", "Touches a high-risk file", choices=YES_NO, listed=True),
            Field("text_1", "found", "What the review found", long=True),
        ),
        printed=Printed(
            186, "Code review samples", columns=("merged", "other", "guideline", "high_risk", "found"), optional=True
        ),
    )
)

register(
    RegisterType(
        key="penetration-tests",
        title="Penetration tests",
        noun="penetration test",
        prefix="PT",
        clause="ISO/IEC 27001 A.8.8, A.8.29",
        purpose="What was attacked on our behalf, by whom, what they found and whether it was tried again.",
        main="Scope",
        group=GROUP,
        order=133,
        scopes=BOTH,
        owner="Ordered by",
        review_days=None,
        links=("evidence", "control", "party", "risk"),
        fields=(
            Field("who", "tester", "Carried out by", required=True, listed=True),
            Field("choice_1", "independent", "Independent of the team", choices=YES_NO, required=True, listed=True),
            Field("day_1", "ended", "Ended on", required=True, listed=True),
            Field("text_1", "build", "Build tested", listed=True),
            Field("text_2", "findings", "Findings", required=True, long=True),
            Field("day_2", "retested", "Tried again on", listed=True),
            Field(
                "choice_2",
                "status",
                "Status",
                choices=words("findings_open", "mended", "retested"),
                required=True,
                listed=True,
                is_state=True,
            ),
            Field("day_3", "next", "Next by", due="penetration test falls due", ends=False),
        ),
        printed=Printed(
            187,
            "Penetration tests",
            columns=("tester", "independent", "ended", "build", "findings", "status"),
            optional=True,
        ),
    )
)

register(
    RegisterType(
        key="store-rules",
        title="Store requirements",
        noun="store requirement",
        prefix="ST",
        clause="ISO/IEC 27001 A.5.31, A.8.32",
        purpose="What the app stores ask of us and by when, and what they sent back.",
        main="Requirement",
        group=GROUP,
        order=134,
        scopes=PROJECT,
        review_days=90,
        links=("evidence", "document", "control"),
        fields=(
            Field(
                "choice_1",
                "store",
                "Store",
                choices=(("app_store", "App Store"), ("google_play", "Google Play"), ("other", "Other")),
                required=True,
                listed=True,
            ),
            Field("day_1", "deadline", "By", due="store requirement falls due", ends=False, listed=True),
            Field(
                "choice_2",
                "status",
                "Status",
                choices=words("met", "in_progress", "not_met", "rejected"),
                required=True,
                listed=True,
                is_state=True,
            ),
            Field("text_1", "how", "How it is met", long=True),
            Field("text_2", "rejection", "What the store sent back", long=True),
        ),
        printed=Printed(188, "Store requirements", columns=("store", "deadline", "status", "how"), optional=True),
    )
)
