from django.urls import path

from compliance.timeline import views

app_name = "timeline"
ORGANISATION = "organisations/<slug:organisation>/timeline"
PROJECT = "projects/<slug:project>/timeline"
RECORD = "<str:model>/<uuid:record>"
STEP = "steps/<uuid:change_set>"

urlpatterns = [
    path(f"{ORGANISATION}/", views.organisation, name="organisation"),
    path(f"{ORGANISATION}/{STEP}/", views.organisation_step, name="organisation_step"),
    path(f"{ORGANISATION}/{RECORD}/", views.organisation_record, name="organisation_record"),
    path(f"{ORGANISATION}/{RECORD}/redact/", views.organisation_redact, name="organisation_redact"),
    path("organisations/<slug:organisation>/compare/", views.organisation_compare, name="organisation_compare"),
    path(
        f"organisations/<slug:organisation>/compare/{RECORD}/",
        views.organisation_record_compare,
        name="organisation_record_compare",
    ),
    path("projects/<slug:project>/compare/", views.project_compare, name="project_compare"),
    path(f"projects/<slug:project>/compare/{RECORD}/", views.project_record_compare, name="project_record_compare"),
    path(f"{PROJECT}/", views.project, name="project"),
    path(f"{PROJECT}/{STEP}/", views.project_step, name="project_step"),
    path(f"{PROJECT}/{RECORD}/", views.project_record, name="project_record"),
    path(f"{PROJECT}/{RECORD}/redact/", views.project_redact, name="project_redact"),
]
