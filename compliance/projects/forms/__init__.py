"""Forms of organisations, projects, releases and people; `RowForm` is the base of every edit form."""

from compliance.projects.forms.choosing import visible_projects
from compliance.projects.forms.membership import AcceptForm, GrantForm, InvitationForm, WindowForm
from compliance.projects.forms.organisation import NewOrganisationForm, OrganisationForm, ProjectForm
from compliance.projects.forms.release import AppTargetForm, ReleaseForm
from compliance.projects.forms.rows import Day, ReasonForm, RowForm, end_of, refuse

__all__ = [
    "AcceptForm",
    "AppTargetForm",
    "Day",
    "GrantForm",
    "InvitationForm",
    "NewOrganisationForm",
    "OrganisationForm",
    "ProjectForm",
    "ReasonForm",
    "ReleaseForm",
    "RowForm",
    "WindowForm",
    "end_of",
    "refuse",
    "visible_projects",
]
