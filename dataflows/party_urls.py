"""Addresses of parties, transfer assessments and what falls."""

from django.urls import path

from dataflows import views

ORGANISATION = "organisations/<slug:organisation>"
PARTIES = f"{ORGANISATION}/parties"
PARTY = f"{PARTIES}/<str:reference>"
TRANSFERS = f"{ORGANISATION}/transfers"
ASSESSMENTS = f"{TRANSFERS}/assessments"
ASSESSMENT = f"{ASSESSMENTS}/<str:reference>"
FALLS = f"{TRANSFERS}/falls"

parties = [
    path(f"{PARTIES}/", views.parties, name="parties"),
    path(f"{PARTIES}/add/", views.party_add, name="party_add"),
    path(f"{PARTIES}/contracts/<str:reference>/", views.contract, name="contract"),
    path(f"{PARTIES}/sub-processors/<str:reference>/", views.engagement, name="engagement"),
    path(f"{PARTY}/", views.party, name="party"),
    path(f"{PARTY}/edit/", views.party_edit, name="party_edit"),
    path(f"{PARTY}/move/", views.party_move, name="party_move"),
    path(f"{PARTY}/approval/", views.party_approve, name="party_approve"),
    path(f"{PARTY}/contracts/add/", views.party_contract_add, name="party_contract_add"),
    path(f"{PARTY}/checklist/", views.party_checklist, name="party_checklist"),
    path(f"{PARTY}/checklist/edit/", views.party_checklist_edit, name="party_checklist_edit"),
    path(f"{PARTY}/sub-processors/add/", views.party_engagement_add, name="party_engagement_add"),
    path(f"{PARTY}/reviews/add/", views.party_review_add, name="party_review_add"),
    path(f"{PARTY}/cloud/", views.party_cloud, name="party_cloud"),
    path(f"{PARTY}/cloud/edit/", views.party_cloud_edit, name="party_cloud_edit"),
    path(f"{PARTY}/end/", views.party_exit, name="party_exit"),
    path(f"{TRANSFERS}/", views.transfers, name="transfers"),
    path(f"{ASSESSMENTS}/", views.transfer_assessments, name="transfer_assessments"),
    path(f"{ASSESSMENTS}/add/", views.transfer_assessment_add, name="transfer_assessment_add"),
    path(f"{ASSESSMENT}/", views.transfer_assessment, name="transfer_assessment"),
    path(f"{ASSESSMENT}/edit/", views.transfer_assessment_edit, name="transfer_assessment_edit"),
    path(f"{ASSESSMENT}/step/", views.transfer_assessment_step, name="transfer_assessment_step"),
    path(f"{ASSESSMENT}/opinion/", views.transfer_assessment_advise, name="transfer_assessment_advise"),
    path(f"{ASSESSMENT}/decision/", views.transfer_assessment_decide, name="transfer_assessment_decide"),
    path(f"{FALLS}/", views.falls, name="falls"),
    path(f"{FALLS}/of/<str:basis>/", views.affected_by, name="affected_by"),
    path(f"{FALLS}/of/<str:basis>/add/", views.fall_add, name="fall_add"),
    path(f"{FALLS}/<str:reference>/", views.fall, name="fall"),
    path(f"{FALLS}/<str:reference>/settle/", views.fall_settle, name="fall_settle"),
]
