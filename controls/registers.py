"""The registers of this room: context, obligations, roles, competence, training, objectives (ISO/IEC 27001 4 to 9)."""

from typing import Any

from compliance.projects.models import Organisation, Project
from compliance.registers.declaration import YES_NO, Field, Printed, RegisterType, register, words
from compliance.registers.linkable import linkable_rows
from controls.addresses import address, split
from controls.models import Control, Document, Evidence

Scope = Organisation | Project
ORGANISATION = ("organisation",)
TOPICS = words("climate", "legal", "technology", "market", "people", "organisation", "suppliers", "threats", "other")
OUTCOMES = words("passed", "failed", "enrolled")

INTERESTED_PARTIES = register(
    RegisterType(
        key="interested-parties",
        title="Interested parties",
        noun="interested party",
        plural="interested parties",
        prefix="IP",
        clause="ISO/IEC 27001 4.2",
        purpose="Who has a stake in how we protect information, what they need, and which of it we take on.",
        main="Party",
        group="Context",
        order=10,
        scopes=ORGANISATION,
        links=("control", "document"),
        fields=(
            Field(
                "choice_1",
                "kind",
                "Kind",
                choices=words("user", "customer", "employee", "supplier", "authority", "investor", "public", "other"),
                required=True,
                listed=True,
            ),
            Field("text_1", "needs", "Needs and expectations", required=True, listed=True, long=True),
            Field("choice_2", "taken_on", "Taken on by the ISMS", choices=YES_NO, required=True, listed=True),
            Field("text_2", "how", "How it is met", long=True),
            Field("choice_3", "about_people", "Concerns personal data", choices=YES_NO),
            Field("choice_4", "climate", "Speaks of climate change", choices=YES_NO),
        ),
        printed=Printed(26, "Interested parties", columns=("kind", "needs", "taken_on", "how")),
    )
)

CONTEXT_ISSUES = register(
    RegisterType(
        key="context-issues",
        title="Context issues",
        noun="issue",
        prefix="CX",
        clause="ISO/IEC 27001 4.1",
        purpose="What inside and outside bears on our aims; whether climate change does is answered here, too.",
        main="Issue",
        group="Context",
        order=11,
        scopes=ORGANISATION,
        links=("control", "document"),
        fields=(
            Field("choice_1", "side", "Side", choices=words("internal", "external"), required=True, listed=True),
            Field(
                "choice_2",
                "topic",
                "Topic",
                choices=TOPICS,
                required=True,
                listed=True,
            ),
            Field("text_1", "effect", "Effect on the management system", required=True, listed=True, long=True),
            Field("choice_3", "relevant", "Relevant", choices=YES_NO, required=True, listed=True),
            Field("text_2", "response", "What we do about it", long=True),
        ),
        printed=Printed(27, "Context issues", columns=("side", "topic", "effect", "relevant", "response")),
    )
)

OBLIGATIONS = register(
    RegisterType(
        key="obligations",
        title="Obligations",
        noun="obligation",
        prefix="OB",
        clause="ISO/IEC 27001 A.5.31",
        purpose="Laws, contracts, standards and store rules that bind us, where they apply and who sees to them.",
        main="Obligation",
        main_help="What is asked, in one line: Tell the authority of a breach within 72 hours.",
        group="Context",
        order=12,
        links=("control", "document", "evidence", "risk"),
        fields=(
            Field(
                "choice_1",
                "source",
                "Source",
                choices=words("law", "regulation", "contract", "standard", "store_policy"),
                required=True,
                listed=True,
            ),
            Field("text_1", "citation", "Where it stands", required=True, listed=True, help="Law and article."),
            Field("text_2", "territory", "Territory", required=True, listed=True, help="EU, Germany, USA, worldwide."),
            Field("text_3", "trigger", "Why it applies to us", long=True, help="The answer or fact that brings it in."),
            Field("text_4", "met_by", "How it is met", long=True),
            Field(
                "choice_2",
                "status",
                "Status",
                choices=words("met", "partly_met", "not_met", "under_assessment"),
                required=True,
                listed=True,
                is_state=True,
            ),
            Field("day_1", "applies_from", "Applies from"),
            Field("text_5", "advice", "Advice taken", long=True, help="Who was asked, when, and what they said."),
        ),
        printed=Printed(
            38,
            "Obligations",
            columns=("source", "citation", "territory", "trigger", "status"),
            document="ISO/IEC 27001 A.5.31",
        ),
    )
)

RESPONSIBILITIES = register(
    RegisterType(
        key="responsibilities",
        title="Roles and responsibilities",
        noun="role",
        prefix="RO",
        clause="ISO/IEC 27001 5.3",
        purpose="Who answers for what, who stands in for them, and how far their authority goes.",
        main="Role",
        group="People",
        order=20,
        owner="Held by",
        links=("document", "evidence", "control"),
        fields=(
            Field("text_1", "duties", "Responsible for", required=True, listed=True, long=True),
            Field("person_1", "deputy", "Deputy", listed=True),
            Field("text_2", "authority", "Authority and its limits", long=True),
            Field("day_1", "appointed", "Appointed on", listed=True),
            Field("day_2", "until", "Appointed until", due="appointment ends"),
            Field("text_3", "competence", "Competence the role needs", long=True),
            Field("choice_1", "independent", "Has to be independent", choices=YES_NO, help="E.g. the DPO."),
        ),
        printed=Printed(51, "Roles, duties and deputies", columns=("duties", "deputy", "authority", "appointed")),
    )
)

COMPETENCE = register(
    RegisterType(
        key="competence",
        title="Competence",
        noun="competence record",
        prefix="CO",
        clause="ISO/IEC 27001 7.2",
        purpose="What a role needs to know, whether its holder does, and what shows it.",
        main="Competence needed",
        group="People",
        order=21,
        scopes=ORGANISATION,
        owner="Judged by",
        links=("evidence", "document"),
        fields=(
            Field("who", "person", "Person", required=True, listed=True),
            Field("text_1", "role", "For the role", required=True, listed=True),
            Field("text_2", "basis", "Education, training or experience", long=True),
            Field(
                "choice_1",
                "verdict",
                "Verdict",
                choices=words("competent", "partly_competent", "not_yet_competent"),
                required=True,
                listed=True,
                is_state=True,
            ),
            Field("text_3", "action", "What is done about the gap", long=True),
            Field("text_4", "effect", "Whether it worked", long=True),
        ),
        printed=Printed(
            52, "Competence", columns=("person", "role", "basis", "verdict", "action"), document="ISO/IEC 27001 7.2"
        ),
    )
)

TRAINING = register(
    RegisterType(
        key="training",
        title="Training records",
        noun="training record",
        prefix="TR",
        clause="ISO/IEC 27001 7.2, 7.3",
        purpose="Who completed which version of which course, and until when it counts.",
        main="Course",
        group="People",
        order=22,
        scopes=ORGANISATION,
        owner="Kept by",
        review_days=None,
        links=("evidence", "document"),
        fields=(
            Field("who", "person", "Person", required=True, listed=True),
            Field("text_1", "course_version", "Version", listed=True),
            Field("day_1", "completed", "Completed on", listed=True),
            Field("number_1", "score", "Score", unit="%", low=0, high=100, listed=True),
            Field("day_2", "expires", "Counts until", due="training runs out", listed=True),
            Field(
                "choice_1",
                "outcome",
                "Outcome",
                choices=words("passed", "failed", "enrolled"),
                required=True,
                listed=True,
            ),
        ),
        printed=Printed(
            53, "Training", columns=("person", "course_version", "completed", "score", "expires", "outcome")
        ),
    )
)

OBJECTIVES = register(
    RegisterType(
        key="objectives",
        title="Objectives",
        noun="objective",
        prefix="OBJ",
        clause="ISO/IEC 27001 6.2",
        purpose="What we want to reach, how we will know, by when and who sees to it.",
        main="Objective",
        group="Objectives",
        order=30,
        links=("control", "document", "evidence"),
        fields=(
            Field("text_1", "metric", "What is measured", required=True, listed=True),
            Field("number_1", "target", "Target", required=True, listed=True),
            Field("text_2", "unit", "Unit", listed=True, help="%, days, incidents"),
            Field("choice_1", "direction", "Better is", choices=words("higher", "lower"), required=True),
            Field(
                "choice_2",
                "frequency",
                "Measured",
                choices=words("weekly", "monthly", "quarterly", "half_yearly", "yearly"),
                required=True,
                listed=True,
            ),
            Field("day_1", "by", "To be reached by", listed=True, due="objective falls due", ends=False),
            Field("text_3", "plan", "Plan: what is done", required=True, long=True),
            Field("text_4", "resources", "Resources", long=True),
            Field("text_5", "method", "How it is measured and analysed", long=True),
        ),
    )
)

MEASUREMENTS = register(
    RegisterType(
        key="measurements",
        title="Measurements",
        noun="measurement",
        prefix="ME",
        clause="ISO/IEC 27001 9.1",
        purpose="Results of measuring, with who analysed them: the trend of the objective is drawn from them.",
        main="Analysis",
        main_help="What the number says, in one line.",
        group="Objectives",
        order=31,
        owner="Analysed by",
        review_days=None,
        under="objectives",
        trend="value",
        links=("evidence",),
        fields=(
            Field("day_1", "measured", "Measured on", required=True, listed=True),
            Field("number_1", "value", "Value", required=True, listed=True),
            Field("text_1", "basis", "Counted from", help="E.g. 64 of 64 accounts.", listed=True),
        ),
    )
)


def _link_to(key: str, label: str, model: Any, *, kind: str, page: str, order: int) -> None:
    """Records of the room as links show them; what belongs to no project is the organisation's."""
    scoped = any(field.name == "project" for field in model._meta.get_fields())

    def rows(scope: Scope) -> Any:
        organisation, project = split(scope)
        found = model.objects.for_project(project) if project and scoped else None
        return model.objects.in_organisation(organisation) if found is None else found

    def url(scope: Scope, row: Any) -> str:
        return address(scope if scoped or model is Control else split(scope)[0], page, row.reference)

    linkable_rows(key, label, kind=kind, rows=rows, url=url, order=order)


_link_to("evidence", "Evidence", Evidence, kind="evidence", page="evidence_item", order=10)
_link_to("control", "Controls", Control, kind="implementation", page="control", order=20)
_link_to("document", "Documents", Document, kind="document", page="document", order=30)
