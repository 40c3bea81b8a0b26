"""Addresses of audits, findings, corrective actions, management reviews and the auditor's desk."""

from django.urls import path

from controls.views import audit, corrective_action, desk, finding, management_review, programme
from controls.views.scopes import paths

DESK = "desk/<uuid:desk>"
HOUSE = "organisations/<slug:organisation>"
AUDIT = f"{HOUSE}/audits/<str:reference>"
PROGRAMME = f"{HOUSE}/audit-programmes"
FINDING = "findings/<str:reference>"
ACTION = "actions/<str:reference>"
REVIEW = f"{HOUSE}/management-reviews"

urlpatterns = [
    path(f"{HOUSE}/audits/add/", audit.audit_add, name="audit_add"),
    *paths("audits/", audit.audits, "audits"),
    *paths("audits/<str:reference>/", audit.audit, "audit"),
    path(f"{AUDIT}/edit/", audit.audit_edit, name="audit_edit"),
    path(f"{AUDIT}/next/", audit.audit_next, name="audit_next"),
    path(f"{AUDIT}/staff/", audit.audit_staff, name="audit_staff"),
    path(f"{PROGRAMME}/", programme.programmes, name="programmes"),
    path(f"{PROGRAMME}/add/", programme.programme_add, name="programme_add"),
    path(f"{PROGRAMME}/<str:reference>/", programme.programme, name="programme"),
    path(f"{PROGRAMME}/<str:reference>/next/", programme.programme_next, name="programme_next"),
    path(f"{PROGRAMME}/<str:reference>/decide/", programme.programme_decide, name="programme_decide"),
    path(f"{HOUSE}/findings/add/", finding.finding_add, name="finding_add"),
    *paths("findings/", finding.findings, "findings"),
    *paths(f"{FINDING}/", finding.finding, "finding"),
    *paths(f"{FINDING}/answer/", finding.finding_answer, "finding_answer"),
    path(f"{HOUSE}/{FINDING}/decide/", finding.finding_decide, name="finding_decide"),
    *paths(f"{FINDING}/actions/add/", finding.action_add, "action_add"),
    *paths(f"{ACTION}/", corrective_action.action, "action"),
    *paths(f"{ACTION}/next/", corrective_action.action_next, "action_next"),
    *paths(f"{ACTION}/decide/", corrective_action.action_decide, "action_decide"),
    path(f"{REVIEW}/", management_review.management_reviews, name="management_reviews"),
    path(f"{REVIEW}/add/", management_review.management_review_add, name="management_review_add"),
    path(f"{REVIEW}/<str:reference>/", management_review.management_review, name="management_review"),
    path(f"{REVIEW}/<str:reference>/next/", management_review.management_review_next, name="management_review_next"),
    path(
        f"{REVIEW}/<str:reference>/decide/",
        management_review.management_review_decide,
        name="management_review_decide",
    ),
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
