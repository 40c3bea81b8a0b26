"""What an assessment proposes here: controls that apply, frameworks to keep a statement for, evidence to ask for."""

from datetime import timedelta
from typing import Any

from compliance.accounts.models import User
from compliance.assessments.registry import Made, consequence
from compliance.ledger import Refused
from compliance.projects.models import Membership, Project
from controls.addresses import address
from controls.models import Applicability, Edition, Statement
from controls.services.applicability import adopt_edition, decide_applicability
from controls.services.moves import now
from controls.services.request import request_evidence

DAYS_TO_SHOW = 30


def _edition(parameters: dict[str, Any]) -> str:
    return str(parameters["named"]).partition(":")[0]


def _requirement(parameters: dict[str, Any]) -> str:
    return str(parameters["named"]).partition(":")[2]


def controls_stand(project: Project, several: list[dict[str, Any]]) -> list[str]:
    """What each control is called, and whether it applies already. Two queries."""
    rows = Applicability.objects.effective(project, now().date()).filter(
        requirement__edition__key__in={_edition(one) for one in several},
        requirement__ref__in={_requirement(one) for one in several},
    )
    found = {
        (edition, ref): (title, included)
        for edition, ref, title, included in rows.values_list(
            "requirement__edition__key", "requirement__ref", "requirement__title", "included"
        )
    }
    labels = dict(Edition.objects.values_list("key", "label"))

    def told(one: dict[str, Any]) -> str:
        edition, ref = _edition(one), _requirement(one)
        if (edition, ref) not in found:
            return f"adopt {labels.get(edition, edition)} first"
        title, included = found[(edition, ref)]
        return f"{title}: {'applies already' if included else 'is left out today'}"

    return [told(one) for one in several]


@consequence("control", title="Controls", needs=("edit", "applicability"), look=controls_stand)
def include(*, project: Project, parameters: dict[str, Any], by: User, reason: str) -> Made:
    """Make the control apply in the project; what applies already stays as it was decided."""
    edition, ref = _edition(parameters), _requirement(parameters)
    rows = Applicability.objects.effective(project, now().date()).select_related(
        "requirement__edition", "implementation", "project", "organisation"
    )
    row = rows.filter(requirement__edition__key=edition, requirement__ref=ref).first()
    if row is None:
        label = Edition.objects.filter(key=edition).values_list("label", flat=True).first() or edition
        raise Refused(f"there is no statement of applicability for {label} yet. Adopt it first, then accept this.")
    url = address(project, "row", edition, ref)
    if row.included:
        return Made(f"{ref} applied already", url)
    codes = [*row.code_list, *([] if "RA" in row.code_list else ["RA"])]
    decide_applicability(
        row=row,
        scope=project,
        by=by,
        reason=reason,
        included=True,
        codes=codes,
        justification=reason,
        exclusion_reason="",
    )
    return Made(f"{ref} applies to the project", url)


def frameworks_stand(project: Project, several: list[dict[str, Any]]) -> list[str]:
    """Whether a statement is kept for each framework. Two queries."""
    known = dict(Edition.objects.filter(owner=None).values_list("key", "label"))
    kept = set(_statements(project).values_list("edition__key", flat=True))

    def told(key: str) -> str:
        if key not in known:
            return "no catalogue of it here"
        return "adopted already" if key in kept else "not adopted yet"

    return [told(_edition(one)) for one in several]


def _statements(project: Project) -> Any:
    return Statement.objects.for_project(project)


@consequence("framework", title="Frameworks", needs=("edit", "applicability"), look=frameworks_stand)
def adopt(*, project: Project, parameters: dict[str, Any], by: User, reason: str) -> Made:
    """Begin the project's statement of applicability, unless there is one; a law without a catalogue is noted."""
    key = _edition(parameters)
    edition = Edition.objects.filter(owner=None, key=key).first()
    if edition is None:
        return Made("Noted; there is no catalogue of it here")
    url = address(project, "statement", key)
    if _statements(project).filter(edition=edition).exists():
        return Made(f"{edition.label} was adopted already", url)
    adopt_edition(scope=project, edition=edition, by=by, reason=reason)
    return Made(f"{edition.label} is adopted for the project", url)


@consequence("evidence", title="Evidence to ask for", needs=("edit", "evidence"))
def ask(*, project: Project, parameters: dict[str, Any], by: User, reason: str) -> Made:
    """Ask the product owner of the project, else whoever accepts."""
    owners = Membership.objects.reaching(project).valid(now()).filter(role="product_owner", user__is_active=True)
    found = owners.select_related("user").order_by("user__name").first()
    asked = request_evidence(
        scope=project,
        title=str(parameters["title"])[:160],
        instruction=reason,
        assignee=found.user if found else by,
        due_date=now().date() + timedelta(days=DAYS_TO_SHOW),
        by=by,
        reason=reason,
    )
    return Made(f"{asked.reference}, asked of {asked.assignee}", address(project, "request", asked.reference))
