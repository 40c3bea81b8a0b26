"""Addresses of the controls room."""

from django.urls import path

from controls.views import catalogue

app_name = "controls"

FRAMEWORKS = "organisations/<slug:organisation>/frameworks"

urlpatterns = [
    path(f"{FRAMEWORKS}/", catalogue.frameworks, name="frameworks"),
    path(f"{FRAMEWORKS}/search/", catalogue.requirements, name="requirements"),
    path(f"{FRAMEWORKS}/crosswalk/", catalogue.crosswalk, name="crosswalk"),
    path(f"{FRAMEWORKS}/<slug:edition>/", catalogue.framework, name="framework"),
    path(f"{FRAMEWORKS}/<slug:edition>/requirements/<path:ref>/", catalogue.requirement, name="requirement"),
    path(f"{FRAMEWORKS}/<slug:edition>/texts/<path:ref>/", catalogue.licensed_text, name="licensed_text"),
]
