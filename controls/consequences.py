"""What an assessment proposes here: controls that apply, frameworks to keep a statement for, evidence to ask for."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from compliance.accounts.models import User
from compliance.assessments.registry import Made, Stand, consequence
from compliance.ledger import Refused
from compliance.projects.models import Membership, Project
from compliance.registers.services.row import Said, add_row
from controls.addresses import address
from controls.models import Applicability, Edition, EvidenceRequest, Requirement, Statement
from controls.registers import OBLIGATIONS
from controls.services.applicability import adopt_edition, decide_applicability
from controls.services.moves import now
from controls.services.request import request_evidence

DAYS_TO_SHOW = 30
CITED = ("iso27001-2022", "iso27701-2025", "masvs-2")


def _edition(parameters: dict[str, Any]) -> str:
    return str(parameters["named"]).partition(":")[0]


def _requirement(parameters: dict[str, Any]) -> str:
    return str(parameters["named"]).partition(":")[2]


def controls_stand(project: Project, several: list[dict[str, Any]]) -> list[Stand]:
    """What each control is called, and whether it applies already. Two queries."""
    rows = Applicability.objects.effective(project, now().date()).filter(
        requirement__edition__key__in={_edition(one) for one in several},
        requirement__ref__in={_requirement(one) for one in several},
    )
    found = {
        (row.requirement.edition.key, row.requirement.ref): row for row in rows.select_related("requirement__edition")
    }
    labels = dict(Edition.objects.values_list("key", "label"))

    def stand(one: dict[str, Any]) -> Stand:
        edition, ref = _edition(one), _requirement(one)
        row = found.get((edition, ref))
        if row is None:
            return Stand(f"adopt {labels.get(edition, edition)} first")
        if not row.included:
            return Stand(f"{row.requirement.title}: is left out today")
        made = Made(f"{ref} applied already", address(project, "row", edition, ref), row)
        return Stand(f"{row.requirement.title}: applies already", made)

    return [stand(one) for one in several]


def known_controls() -> Mapping[str, str]:
    """What a rule may name: requirements that are controls, by edition and reference."""
    rows = Requirement.objects.filter(edition__owner=None, edition__key__in=CITED)
    found = rows.order_by("edition__key", "position").values_list("edition__key", "ref", "title")
    return {f"{edition}:{ref}": f"{ref} {title}" for edition, ref, title in found}


def known_frameworks() -> Mapping[str, str]:
    return dict(Edition.objects.filter(owner=None).order_by("label").values_list("key", "label"))


@consequence("control", title="Controls", needs=("edit", "applicability"), look=controls_stand, options=known_controls)
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
        return Made(f"{ref} applied already", url, row)
    codes = [*row.code_list, *([] if "RA" in row.code_list else ["RA"])]
    made = decide_applicability(
        row=row,
        scope=project,
        by=by,
        reason=reason,
        included=True,
        codes=codes,
        justification=reason,
        exclusion_reason="",
    )
    return Made(f"{ref} applies to the project", url, made)


def frameworks_stand(project: Project, several: list[dict[str, Any]]) -> list[Stand]:
    """Whether a statement is kept for each framework. Two queries."""
    known = known_frameworks()
    kept = {row.edition.key: row for row in _statements(project).select_related("edition").order_by("-project")}

    def stand(key: str) -> Stand:
        if key not in known:
            return Stand("no catalogue of it here: it is noted")
        if key not in kept:
            return Stand("not adopted yet")
        made = Made(f"{known[key]} was adopted already", address(project, "statement", key), kept[key])
        return Stand("adopted already", made)

    return [stand(_edition(one)) for one in several]


def _statements(project: Project) -> Any:
    return Statement.objects.for_project(project)


@consequence(
    "framework",
    title="Frameworks and laws",
    needs=("edit", "applicability"),
    look=frameworks_stand,
    options=known_frameworks,
)
def adopt(*, project: Project, parameters: dict[str, Any], by: User, reason: str) -> Made:
    """Begin the project's statement of applicability, unless there is one; a law without a catalogue is noted."""
    key = _edition(parameters)
    edition = Edition.objects.filter(owner=None, key=key).first()
    if edition is None:
        return Made("Noted; there is no catalogue of it here")
    url = address(project, "statement", key)
    if (kept := _statements(project).filter(edition=edition).first()) is not None:
        return Made(f"{edition.label} was adopted already", url, kept)
    made = adopt_edition(scope=project, edition=edition, by=by, reason=reason)
    return Made(f"{edition.label} is adopted for the project", url, made)


def requests_stand(project: Project, several: list[dict[str, Any]]) -> list[Stand]:
    """An open request of the same title is the request. One query."""
    titles = [str(one["title"])[:160] for one in several]
    rows = EvidenceRequest.objects.in_project(project).filter(title__in=titles).select_related("assignee").open()
    found = {row.title: row for row in rows}
    return [Stand(found[one].reference, _asked(project, found[one])) if one in found else Stand() for one in titles]


def _asked(project: Project, row: EvidenceRequest) -> Made:
    return Made(f"{row.reference}, asked of {row.assignee}", address(project, "request", row.reference), row)


@consequence("evidence", title="Evidence to ask for", needs=("edit", "evidence"), look=requests_stand)
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
    return _asked(project, asked)


@consequence("record", of="obligation", title="What binds us", needs=("edit", "register"))
def enter_obligation(*, project: Project, parameters: dict[str, Any], by: User, reason: str) -> Made:
    """Enter it in the register of obligations."""
    line: dict[str, Any] = next(iter(parameters.get("rows", ())), {})
    values = {
        "source": "contract",
        "citation": str(line.get("source") or parameters["title"]),
        "territory": project.countries or "Not said yet",
        "trigger": reason,
        "status": "under_assessment",
    }
    main = str(line.get("demand") or parameters["title"])[:300]
    row = add_row(register=OBLIGATIONS, scope=project, said=Said(main, values), by=by, reason=reason)
    return Made(f"{row.reference} {row.title}"[:200], row.get_absolute_url(), row)
