"""What this room carries out itself: what an app is known to be and to contain, its scope text and listings, tasks."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from compliance.accounts.models import User
from compliance.assessments.questionnaire import LATEST, questionnaire
from compliance.assessments.registry import Made, Stand, consequence
from compliance.assessments.services.moves import now
from compliance.projects.models import AppTarget, Membership, Project
from compliance.projects.roles import ROLES
from compliance.projects.services import add_app_target, update_project
from compliance.tasks.models import Task
from compliance.tasks.services import add_task
from compliance.ui.addresses import filled

NEEDS = ("approve", "assessment")
Parameters = dict[str, Any]


def _noted(**_: Any) -> Made:
    """The accepted proposal is the record; expected.py reads it."""
    return Made("Noted for the project")


def _flags() -> Mapping[str, str]:
    return questionnaire(LATEST).flags


consequence("flag", title="What the app is", needs=NEEDS, options=_flags)(_noted)
consequence("permission", title="Expected permissions", needs=NEEDS)(_noted)
consequence("sdk", title="Expected SDKs", needs=NEEDS)(_noted)


def tasks_stand(project: Project, several: list[Parameters]) -> list[Stand]:
    """An open task of the same title is the task. One query."""
    titles = [str(one["title"])[:200] for one in several]
    found = {row.title: row for row in Task.objects.filter(project=project, title__in=titles).open()}
    return [
        Stand(f"{found[title].reference} is open", _task_made(found[title])) if title in found else Stand()
        for title in titles
    ]


def _task_made(task: Task) -> Made:
    return Made(task.reference, task.get_absolute_url(), task)


@consequence("task", title="Tasks", needs=("edit", "task"), look=tasks_stand)
def give(*, project: Project, parameters: Parameters, by: User, reason: str) -> Made:
    """Give the task to somebody in the role the rule names, else to whoever accepts it."""
    held = Membership.objects.reaching(project).valid(now()).filter(user__is_active=True, role=parameters.get("role"))
    found = held.select_related("user").order_by("project", "user__name").first()
    assignee = found.user if found else by
    due = now().date() + timedelta(days=int(parameters.get("days", 30)))
    title = str(parameters["title"])[:200]
    task = add_task(scope=project, title=title, assignee=assignee, due_date=due, by=by, detail=reason)
    return Made(f"{task.reference}, {assignee}'s until {due:%-d %b %Y}", task.get_absolute_url(), task)


def scope_stands(project: Project, several: list[Parameters]) -> list[Stand]:
    """What the project says about itself already is not overwritten."""
    told = "The project says already what the app does"
    return [Stand(told, Made(told, project.get_absolute_url())) if project.summary else Stand() for _ in several]


@consequence("record", of="scope_text", title="Scope text", needs=("edit", "project"), look=scope_stands)
def describe(*, project: Project, parameters: Parameters, by: User, reason: str) -> Made:
    """The sentence of the product owner becomes what the project says of itself, unless it says something."""
    said = " ".join(str(row.get("answer", "")) for row in parameters.get("rows", ())) or str(parameters["title"])
    if not project.summary:
        update_project(project=project, by=by, reason=reason, summary=said)
    return Made("What the app does", project.get_absolute_url())


def listings_stand(project: Project, several: list[Parameters]) -> list[Stand]:
    """A listing of the same platform and id is the listing. One query."""
    rows = {(one.platform, one.app_id): one for one in AppTarget.objects.filter(project=project)}
    found = [rows.get(_listing(one)) for one in several]
    return [Stand(one.reference, Made(str(one), _targets(project), one)) if one else Stand() for one in found]


def _listing(parameters: Parameters) -> tuple[str, str]:
    row: dict[str, Any] = next(iter(parameters.get("rows", ())), {})
    return str(row.get("platform", "")), str(row.get("app_id", ""))


def _targets(project: Project) -> str:
    return filled("projects:project", project.slug)


@consequence("record", of="app_target", title="Store listings", needs=("edit", "project"), look=listings_stand)
def list_app(*, project: Project, parameters: Parameters, by: User, reason: str) -> Made:
    """Add the store listing that was named."""
    platform, app_id = _listing(parameters)
    store = str(parameters["rows"][0].get("store", ""))
    made = add_app_target(project=project, by=by, reason=reason, platform=platform, app_id=app_id, store=store)
    return Made(str(made), _targets(project), made)


def roles() -> Mapping[str, str]:
    """Who may be given a task by a rule."""
    return {key: role.name for key, role in ROLES.items()}
