"""What the access matrix puts into URLs of security requirements."""

from compliance.projects.models import Project
from compliance.projects.services import plan_release
from risks.models import SecurityRequirement
from risks.services.requirement import add_requirement
from tests.objects import MATRIX, value, word
from tests.risks.objects import person

OF_ONE = [f"risks:requirement{step}" for step in ("", "_edit", "_rework", "_drop", "_waive", "_unwaive")]
OF_RELEASE = [
    *(f"risks:requirement_{name}" for name in ("proposals", "results")),
    *(f"risks:{name}" for name in ("release_requirements", "requirements_put_forward", "requirements_decide")),
]


def written(project: Project) -> SecurityRequirement:
    by = person("author")
    return add_requirement(project=project, statement=f"Does {word()}", source="law", by=by)


@value("reference", *OF_ONE)
def requirement(project: Project) -> str:
    return unlike_others_in(project).reference


def unlike_others_in(project: Project) -> SecurityRequirement:
    """One whose reference no other organisation has."""
    while True:
        row = written(project)
        same = SecurityRequirement.objects.filter(reference=row.reference)
        if not same.exclude(project__organisation=project.organisation_id).exists():
            return row


@value("reference", *OF_RELEASE)
def release(project: Project) -> str:
    return plan_release(project=project, name=word(), by=MATRIX).reference
