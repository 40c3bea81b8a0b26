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
    path("projects/<slug:project>/timeline/", views.project, name="project"),
    path("projects/<slug:project>/timeline/<str:model>/<uuid:record>/", views.project_record, name="project_record"),
]
