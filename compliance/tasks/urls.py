from django.urls import path

from compliance.tasks.views import inbox, mail, task

app_name = "tasks"
ORGANISATION = "organisations/<slug:organisation>/tasks/"
PROJECT = "projects/<slug:project>/tasks/"
ONE = "<str:reference>/"
urlpatterns = [
    path("tasks/", inbox.mine, name="mine"),
    path("tasks/mail/", mail.mail, name="mail"),
    path("tasks/mail/calendar/", mail.calendar_make, name="calendar_make"),
    path("tasks/mail/calendar/close/", mail.calendar_close, name="calendar_close"),
    path("calendar/<str:secret>.ics", mail.calendar_feed, name="calendar"),
    path(ORGANISATION + "reminders/", mail.runs, name="runs"),
    path(ORGANISATION, inbox.organisation, name="organisation"),
    path("organisations/<slug:organisation>/approvals/<str:key>/", inbox.approval, name="approval"),
    path(ORGANISATION + "add/", task.add, name="add"),
    path(ORGANISATION + ONE, task.task, name="task"),
    path(ORGANISATION + ONE + "edit/", task.edit, name="edit"),
    path(ORGANISATION + ONE + "finish/", task.finish, name="finish"),
    path(ORGANISATION + ONE + "cancel/", task.cancel, name="cancel"),
    path(ORGANISATION + ONE + "reopen/", task.reopen, name="reopen"),
    path(PROJECT, inbox.project, name="project"),
    path(PROJECT + "add/", task.project_add, name="project_add"),
    path(PROJECT + ONE, task.project_task, name="project_task"),
    path(PROJECT + ONE + "edit/", task.project_edit, name="project_edit"),
    path(PROJECT + ONE + "finish/", task.project_finish, name="project_finish"),
    path(PROJECT + ONE + "cancel/", task.project_cancel, name="project_cancel"),
    path(PROJECT + ONE + "reopen/", task.project_reopen, name="project_reopen"),
]
