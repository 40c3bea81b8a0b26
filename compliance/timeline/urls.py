from django.urls import path

from compliance.timeline import views

app_name = "timeline"
urlpatterns = [
    path("organisations/<slug:organisation>/timeline/", views.organisation, name="organisation"),
    path(
        "organisations/<slug:organisation>/timeline/<str:model>/<uuid:record>/",
        views.organisation_record,
        name="organisation_record",
    ),
    path("organisations/<slug:organisation>/compare/", views.organisation_compare, name="organisation_compare"),
    path(
        "organisations/<slug:organisation>/compare/<str:model>/<uuid:record>/",
        views.organisation_record_compare,
        name="organisation_record_compare",
    ),
    path("projects/<slug:project>/compare/", views.project_compare, name="project_compare"),
    path(
        "projects/<slug:project>/compare/<str:model>/<uuid:record>/",
        views.project_record_compare,
        name="project_record_compare",
    ),
    path("projects/<slug:project>/timeline/", views.project, name="project"),
    path("projects/<slug:project>/timeline/<str:model>/<uuid:record>/", views.project_record, name="project_record"),
]
