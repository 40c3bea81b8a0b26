"""Addresses of drift: findings, what is decided about them, and what a release was compared with."""

from django.urls import path

from dataflows.views import drift as views
from dataflows.views import drift_compare as compared

HERE = "projects/<slug:project>/drift"
RELEASE = "projects/<slug:project>/releases/<str:reference>/drift"

drift = [
    path(f"{HERE}/", views.drift_list, name="project_drift"),
    path(f"{HERE}/<str:reference>/", views.drift, name="drift"),
    path(f"{HERE}/<str:reference>/decide/<slug:step>/", views.drift_decide, name="drift_decide"),
    path(f"{HERE}/<str:reference>/draft/", views.drift_draft, name="drift_draft"),
    path(f"{HERE}/<str:reference>/task/", views.drift_task, name="drift_task"),
    path(f"{RELEASE}/", views.release_drift, name="release_drift"),
    path(f"{RELEASE}/table/", compared.release_drift_table, name="release_drift_table"),
    path(f"{RELEASE}/gaps/", compared.release_drift_gaps, name="release_drift_gaps"),
    path(f"{RELEASE}/check/", compared.release_drift_check, name="release_drift_check"),
]
