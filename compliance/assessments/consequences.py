"""What this room carries out itself: what an app is known to be and to contain, and tasks."""

from datetime import timedelta
from typing import Any

from compliance.accounts.models import User
from compliance.assessments.registry import Made, consequence
from compliance.assessments.services.moves import now
from compliance.projects.models import Membership, Project
from compliance.tasks.services import add_task

NEEDS = ("approve", "assessment")


def _noted(**_: Any) -> Made:
    """The accepted proposal is the record."""
    return Made("Noted for the project")


for kind, title in (("flag", "Flags"), ("permission", "Expected permissions"), ("sdk", "Expected SDKs")):
    consequence(kind, title=title, needs=NEEDS)(_noted)


@consequence("task", title="Tasks", needs=("edit", "task"))
def give(*, project: Project, parameters: dict[str, Any], by: User, reason: str) -> Made:
    """Give the task to somebody in the role the rule names, else to whoever accepts it."""
    held = Membership.objects.reaching(project).valid(now()).filter(user__is_active=True, role=parameters.get("role"))
    found = held.select_related("user").order_by("project", "user__name").first()
    assignee = found.user if found else by
    due = now().date() + timedelta(days=int(parameters.get("days", 30)))
    title = str(parameters["title"])[:200]
    task = add_task(scope=project, title=title, assignee=assignee, due_date=due, by=by, detail=reason)
    return Made(f"{task.reference}, {assignee}'s until {due:%-d %b %Y}", task.get_absolute_url())
