"""Addresses of audits, findings, corrective actions, management reviews and the auditor's desk."""

from django.urls import path

from controls.views import desk

DESK = "desk/<uuid:desk>"

urlpatterns = [
    path(f"{DESK}/", desk.desk, name="desk"),
    path(f"{DESK}/scope/<slug:part>/", desk.part, name="desk_part"),
    path(f"{DESK}/scope/<slug:part>/<str:reference>/", desk.item, name="desk_item"),
    path(f"{DESK}/files/<str:sha256>/", desk.file, name="desk_file"),
    path(f"{DESK}/notes/", desk.notes, name="desk_notes"),
    path(f"{DESK}/samples/", desk.samples, name="desk_samples"),
    path(f"{DESK}/samples/<str:reference>/", desk.sample, name="desk_sample"),
    path(f"{DESK}/requests/", desk.requests, name="desk_requests"),
    path(f"{DESK}/findings/", desk.findings, name="desk_findings"),
    path(f"{DESK}/findings/<str:reference>/", desk.finding, name="desk_finding"),
]
