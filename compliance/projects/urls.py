from django.urls import path

from compliance.projects.views import home, invitations, members, organisation, project, release, search

app_name = "projects"
ORGANISATION = "organisations/<slug:organisation>/"
PEOPLE = ORGANISATION + "people/"
PROJECT = "projects/<slug:project>/"
RELEASE = PROJECT + "releases/<str:reference>/"
urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", home.health, name="health"),
    path("new-organisation/", home.organisation_add, name="organisation_add"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path(ORGANISATION, organisation.organisation, name="organisation"),
    path(ORGANISATION + "search/", search.organisation_search, name="organisation_search"),
    path(ORGANISATION + "settings/", organisation.organisation_settings, name="organisation_settings"),
    path(ORGANISATION + "settings/edit/", organisation.organisation_edit, name="organisation_edit"),
    path(ORGANISATION + "projects/", organisation.projects, name="projects"),
    path(ORGANISATION + "projects/add/", organisation.project_add, name="project_add"),
    path(PEOPLE, members.members, name="members"),
    path(PEOPLE + "invite/", invitations.invite, name="invite"),
    path(PEOPLE + "invitations/<str:reference>/withdraw/", invitations.invitation_withdraw, name="invitation_withdraw"),
    path(PEOPLE + "grant/", members.grant, name="grant"),
    path(PEOPLE + "<uuid:membership>/", members.member, name="member"),
    path(PEOPLE + "<uuid:membership>/window/", members.member_window, name="member_window"),
    path(PEOPLE + "<uuid:membership>/end/", members.member_end, name="member_end"),
    path(PEOPLE + "<uuid:membership>/close-account/", members.account_close, name="account_close"),
    path(PEOPLE + "<uuid:membership>/open-account/", members.account_open, name="account_open"),
    path(PROJECT, project.project, name="project"),
    path(PROJECT + "search/", search.project_search, name="project_search"),
    path(PROJECT + "edit/", project.project_edit, name="project_edit"),
    path(PROJECT + "people/", members.project_members, name="project_members"),
    path(PROJECT + "listings/add/", project.target_add, name="target_add"),
    path(PROJECT + "listings/<str:reference>/", project.target_edit, name="target_edit"),
    path(PROJECT + "releases/", release.releases, name="releases"),
    path(PROJECT + "releases/add/", release.release_add, name="release_add"),
    path(RELEASE, release.release, name="release"),
    path(RELEASE + "edit/", release.release_edit, name="release_edit"),
    path(RELEASE + "publish/", release.release_publish, name="release_publish"),
    path(RELEASE + "withdraw/", release.release_withdraw, name="release_withdraw"),
]
