"""Addresses of what people are told: notices, consent, store labels."""

from django.urls import path

from dataflows.views import told as lists
from dataflows.views import told_page as pages
from dataflows.views import told_text as texts

HERE = "projects/<slug:project>/notices"
TOLD = f"{HERE}/told/<str:reference>"

told = [
    path(f"{HERE}/", lists.notices, name="notices"),
    path(f"{HERE}/add/", lists.notice_add, name="notice_add"),
    path(f"{HERE}/consents/", lists.consents, name="consents"),
    path(f"{HERE}/consents/add/", lists.consent_add, name="consent_add"),
    path(f"{HERE}/ages/", lists.consent_ages, name="consent_ages"),
    path(f"{HERE}/consents/<str:reference>/", pages.consent, name="consent"),
    path(f"{HERE}/consents/<str:reference>/count/", pages.consent_count, name="consent_count"),
    path(f"{HERE}/labels/", lists.declarations, name="declarations"),
    path(f"{HERE}/labels/add/", lists.declaration_add, name="declaration_add"),
    path(f"{HERE}/labels/<str:reference>/", pages.declaration, name="declaration"),
    path(f"{HERE}/labels/<str:reference>/derive/", pages.declaration_derive, name="declaration_derive"),
    path(f"{HERE}/labels/<str:reference>/file/", pages.declaration_file, name="declaration_file"),
    path(f"{TOLD}/edit/", lists.told_edit, name="told_edit"),
    path(f"{TOLD}/draft/", texts.told_draft, name="told_draft"),
    path(f"{TOLD}/answers/<slug:part>/", texts.told_answers, name="told_answers"),
    path(f"{TOLD}/submit/", texts.told_submit, name="told_submit"),
    path(f"{TOLD}/decide/", texts.told_decide, name="told_decide"),
    path(f"{TOLD}/publish/", texts.told_publish, name="told_publish"),
    path(f"{TOLD}/withdraw/", texts.told_withdraw, name="told_withdraw"),
    path(f"{TOLD}/review/", texts.told_review, name="told_review"),
    path(f"{TOLD}/versions/<int:number>/", texts.told_version, name="told_version"),
    path(f"{TOLD}/versions/<int:number>/file/", texts.told_file, name="told_file"),
    path(f"{TOLD}/versions/<int:number>/proof/", texts.told_proof, name="told_proof"),
    path(f"{HERE}/<str:reference>/", pages.notice, name="notice"),
]
