"""Addresses of the controls room."""

from django.urls import path

from controls import audit_urls
from controls.views import (
    applicability,
    catalogue,
    control,
    control_test,
    cost,
    coverage,
    document,
    document_moves,
    evidence,
    preview,
    request,
    review,
    sample,
    scope,
    statement,
    upload,
)
from controls.views.scopes import paths

app_name = "controls"

FRAMEWORKS = "organisations/<slug:organisation>/frameworks"
CONTROLS = "organisations/<slug:organisation>/controls"
SOA = "applicability/<slug:edition>"
ONE = "evidence/<str:reference>"
ASKED = "evidence/requests/<str:reference>"
TEST = "tests/<str:reference>"
DOCUMENTS = "organisations/<slug:organisation>/documents"
DOCUMENT = f"{DOCUMENTS}/<str:reference>"
SCOPE = "organisations/<slug:organisation>/scope"

urlpatterns = [
    path(f"{FRAMEWORKS}/", catalogue.frameworks, name="frameworks"),
    path(f"{FRAMEWORKS}/search/", catalogue.requirements, name="requirements"),
    path(f"{FRAMEWORKS}/crosswalk/", catalogue.crosswalk, name="crosswalk"),
    path(f"{FRAMEWORKS}/<slug:edition>/", catalogue.framework, name="framework"),
    path(f"{FRAMEWORKS}/<slug:edition>/requirements/<path:ref>/", catalogue.requirement, name="requirement"),
    path(f"{FRAMEWORKS}/<slug:edition>/texts/<path:ref>/", catalogue.licensed_text, name="licensed_text"),
    *paths("applicability/", statement.statements, "applicability"),
    *paths("applicability/adopt/", statement.adopt, "adopt"),
    *paths("applicability/coverage/", coverage.coverage, "coverage"),
    *paths("applicability/cost/", cost.cost, "cost"),
    *paths("applicability/cost/<slug:edition>/<path:ref>/", cost.confirm, "confirm_coverage"),
    *paths("applicability/coverage/<slug:edition>/", coverage.coverage_edition, "coverage_edition"),
    *paths(f"{SOA}/", statement.statement, "statement"),
    *paths(f"{SOA}/submit/", statement.submit, "statement_submit"),
    *paths(f"{SOA}/approval/", statement.approval, "statement_approval"),
    *paths(f"{SOA}/together/", applicability.bulk, "bulk"),
    *paths(f"{SOA}/rows/<path:ref>/", applicability.row, "row"),
    *paths(f"{SOA}/decisions/<path:ref>/", applicability.decide, "decide"),
    *paths(f"{SOA}/inheritance/<path:ref>/", applicability.inherit, "inherit"),
    path(f"{CONTROLS}/", control.controls, name="controls"),
    path(f"{CONTROLS}/add/", control.control_add, name="control_add"),
    path(f"{CONTROLS}/at-work/", control.implementations.organisation, name="implementations"),
    path(f"{CONTROLS}/<str:reference>/edit/", control.control_edit, name="control_edit"),
    path("projects/<slug:project>/controls/", control.implementations.project, name="project_controls"),
    *paths("controls/<str:reference>/", control.control, "control"),
    *paths("controls/<str:reference>/implementation/", control.implement, "implement"),
    *paths("controls/<str:reference>/next/", control.move, "move"),
    *paths("evidence/", evidence.evidence, "evidence"),
    *paths("evidence/add/", evidence.evidence_add, "evidence_add"),
    *paths("evidence/uploads/", upload.uploads, "uploads"),
    *paths("evidence/uploads/<uuid:upload>/", upload.upload, "upload"),
    *paths("evidence/requests/", request.requests, "requests"),
    *paths("evidence/requests/add/", request.request_add, "request_add"),
    *paths(f"{ASKED}/", request.request, "request"),
    *paths(f"{ASKED}/edit/", request.request_edit, "request_edit"),
    *paths(f"{ASKED}/waive/", request.request_waive, "request_waive"),
    *paths(f"{ASKED}/withdraw/", request.request_withdraw, "request_withdraw"),
    *paths("tests/", control_test.tests, "tests"),
    *paths("tests/add/", control_test.test_add, "test_add"),
    *paths(f"{TEST}/", control_test.test, "test"),
    *paths(f"{TEST}/edit/", control_test.test_edit, "test_edit"),
    *paths(f"{TEST}/start/", control_test.test_start, "test_start"),
    *paths(f"{TEST}/conclude/", control_test.test_conclude, "test_conclude"),
    *paths(f"{TEST}/cancel/", control_test.test_cancel, "test_cancel"),
    *paths(f"{TEST}/population/", sample.test_population, "test_population"),
    *paths("samples/<str:reference>/", sample.sample, "sample"),
    *paths("samples/<str:reference>/population/", sample.sample_population, "sample_population"),
    *paths(f"{ONE}/", evidence.evidence_item, "evidence_item"),
    *paths(f"{ONE}/version/", evidence.evidence_version, "evidence_version"),
    *paths(f"{ONE}/review/", review.evidence_review, "evidence_review"),
    *paths(f"{ONE}/withdraw/", review.evidence_withdraw, "evidence_withdraw"),
    *paths(f"{ONE}/<int:number>/file/", evidence.evidence_file, "evidence_file"),
    *paths(f"{ONE}/<int:number>/preview/", preview.evidence_preview, "evidence_preview"),
    *paths(f"{ONE}/<int:number>/picture/", preview.evidence_picture, "evidence_picture"),
    path(f"{DOCUMENTS}/", document.documents, name="documents"),
    path(f"{DOCUMENTS}/required/", document.documents_required, name="documents_required"),
    path(f"{DOCUMENTS}/add/", document_moves.document_add, name="document_add"),
    path(f"{DOCUMENT}/", document.document, name="document"),
    path(f"{DOCUMENT}/edit/", document_moves.document_edit, name="document_edit"),
    path(f"{DOCUMENT}/draft/", document_moves.document_draft, name="document_draft"),
    path(f"{DOCUMENT}/submit/", document_moves.document_submit, name="document_submit"),
    path(f"{DOCUMENT}/decide/", document_moves.document_decide, name="document_decide"),
    path(f"{DOCUMENT}/publish/", document_moves.document_publish, name="document_publish"),
    path(f"{DOCUMENT}/withdraw/", document_moves.document_withdraw, name="document_withdraw"),
    path(f"{DOCUMENT}/review/", document_moves.document_review, name="document_review"),
    path(f"{DOCUMENT}/compare/", document.document_compare, name="document_compare"),
    path(f"{DOCUMENT}/readers/", document.document_readers, name="document_readers"),
    path(f"{DOCUMENT}/confirm/", document.document_acknowledge, name="document_acknowledge"),
    path(f"{DOCUMENT}/versions/<int:number>/", document.document_version, name="document_version"),
    path(f"{DOCUMENT}/versions/<int:number>/file/", document.document_file, name="document_file"),
    path(f"{SCOPE}/", scope.scope, name="scope"),
    path(f"{SCOPE}/draft/", scope.scope_draft, name="scope_draft"),
    path(f"{SCOPE}/submit/", scope.scope_submit, name="scope_submit"),
    path(f"{SCOPE}/decide/", scope.scope_decide, name="scope_decide"),
    path(f"{SCOPE}/versions/<str:reference>/", scope.scope_version, name="scope_version"),
    *audit_urls.urlpatterns,
]
