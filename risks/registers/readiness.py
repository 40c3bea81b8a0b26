"""Ready for an incident: whom to call in which order, whether they answer, and what exercises showed."""

from compliance.registers.declaration import YES_NO, Field, Printed, RegisterType, register, words
from risks.models import Severity
from risks.registers.scopes import BOTH

GROUP = "Incidents"
SEVERITIES = tuple((value, label.partition(":")[0]) for value, label in Severity.choices)
CHANNELS = words("phone", "on_call_tool", "message", "mail", "in_person")

ESCALATION = register(
    RegisterType(
        key="escalation",
        title="Escalation matrix",
        noun="escalation step",
        prefix="ES",
        clause="ISO/IEC 27001 A.5.5, A.5.24, A.5.26",
        purpose="Who is called at which severity, in which order, within how many minutes, and who stands in for them.",
        main="Role",
        main_help="E.g. Incident lead, Data protection officer, Supervisory authority.",
        group=GROUP,
        order=160,
        scopes=BOTH,
        owner="Kept up by",
        review_days=180,
        links=("document", "evidence"),
        fields=(
            Field("choice_1", "severity", "At", choices=SEVERITIES, required=True, listed=True, is_state=True),
            Field("number_1", "order", "Order", required=True, listed=True, low=1, high=20),
            Field("person_1", "person", "Person", listed=True),
            Field("person_2", "deputy", "Deputy", listed=True),
            Field(
                "who", "outside", "Or somebody outside", help="An authority, a customer, a supplier: whom to ask for."
            ),
            Field("number_2", "within", "Within", unit="min", required=True, listed=True, low=0),
            Field("choice_2", "channel", "Channel", choices=CHANNELS, required=True, listed=True),
            Field("text_1", "number", "Number or address", help="As it is dialled at three in the morning."),
        ),
        printed=Printed(
            172,
            "Escalation matrix",
            columns=("severity", "order", "person", "deputy", "within", "channel"),
            optional=True,
        ),
    )
)

CONTACT_TESTS = register(
    RegisterType(
        key="contact-tests",
        title="Contact tests",
        noun="contact test",
        prefix="CT",
        clause="ISO/IEC 27001 A.5.24; TS 27008",
        purpose="That the people of the escalation matrix were called as a test, and whether they answered.",
        main="What was tried",
        group=GROUP,
        order=161,
        scopes=BOTH,
        owner="Tried by",
        review_days=None,
        under="escalation",
        links=("evidence",),
        fields=(
            Field("day_1", "tried", "On", required=True, listed=True),
            Field("choice_1", "reached", "Reached", choices=YES_NO, required=True, listed=True, is_state=True),
            Field("number_1", "minutes", "After", unit="min", listed=True, low=0),
            Field("text_1", "gap", "What has to change", long=True),
        ),
        printed=Printed(173, "Contact tests", columns=("tried", "reached", "minutes", "gap"), optional=True),
    )
)

EXERCISES = register(
    RegisterType(
        key="exercises",
        title="Exercises",
        noun="exercise",
        prefix="EX",
        clause="ISO/IEC 27001 A.5.24, A.5.29, A.5.30",
        purpose="Incidents played through before one happens: who took part, what did not work, what became of it.",
        main="Scenario",
        group=GROUP,
        order=162,
        scopes=BOTH,
        owner="Led by",
        links=("finding", "risk", "document", "evidence", "control"),
        fields=(
            Field(
                "choice_1",
                "kind",
                "Kind",
                choices=(("tabletop", "Tabletop"), ("technical", "Technical"), ("full", "Full")),
                required=True,
                listed=True,
            ),
            Field("day_1", "held", "Held on", listed=True),
            Field("day_2", "planned", "Planned for", due="exercise is planned", ends=False),
            Field("text_1", "participants", "Who took part", long=True, help="Roles; names only where needed."),
            Field("text_2", "course", "How it went", long=True),
            Field("text_3", "gaps", "Gaps", long=True, help="Link the finding each became."),
            Field("text_4", "lessons", "Lessons", long=True),
            Field("number_1", "minutes", "Until contained", unit="min", listed=True, low=0),
        ),
        printed=Printed(174, "Exercises", columns=("kind", "held", "participants", "gaps", "lessons"), optional=True),
    )
)
