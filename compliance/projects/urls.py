from django.urls import path

from compliance.projects import views

app_name = "projects"
urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.health, name="health"),
    path("organisations/<slug:organisation>/", views.organisation, name="organisation"),
    path("organisations/<slug:organisation>/projects/", views.projects, name="projects"),
    path("projects/<slug:project>/", views.project, name="project"),
]
