"""Addresses of threat models, their elements and their threats."""

from django.urls import path

from risks.views import threat, threat_model

ALL = "projects/<slug:project>/threat-models"
ONE = f"{ALL}/<str:reference>"
ELEMENT = f"{ONE}/elements/<str:element>"
THREAT = f"{ONE}/threats/<str:threat>"

urlpatterns = [
    path(f"{ALL}/", threat_model.threat_models, name="threat_models"),
    path(f"{ALL}/add/", threat_model.threat_model_add, name="threat_model_add"),
    path(f"{ALL}/threats/", threat_model.threats, name="threats"),
    path(f"{ONE}/", threat_model.threat_model, name="threat_model"),
    path(f"{ONE}/edit/", threat_model.threat_model_edit, name="threat_model_edit"),
    path(f"{ONE}/surface/", threat_model.threat_model_surface, name="threat_model_surface"),
    path(f"{ONE}/assume/", threat_model.threat_model_assume, name="threat_model_assume"),
    path(f"{ONE}/from-flows/", threat_model.threat_model_from_flows, name="threat_model_from_flows"),
    path(f"{ONE}/submit/", threat_model.threat_model_submit, name="threat_model_submit"),
    path(f"{ONE}/decide/<str:verdict>/", threat_model.threat_model_decide, name="threat_model_decide"),
    path(f"{ONE}/next/", threat_model.threat_model_next, name="threat_model_next"),
    path(f"{ONE}/compare/", threat_model.threat_model_compare, name="threat_model_compare"),
    path(f"{ONE}/threat-dragon/", threat_model.threat_model_export, name="threat_model_export"),
    path(f"{ONE}/elements/add/", threat.threat_element_add, name="threat_element_add"),
    path(f"{ELEMENT}/", threat.threat_element, name="threat_element"),
    path(f"{ELEMENT}/remove/", threat.threat_element_remove, name="threat_element_remove"),
    path(f"{ELEMENT}/proposals/", threat.threat_proposals, name="threat_proposals"),
    path(f"{ONE}/threats/add/", threat.threat_add, name="threat_add"),
    path(f"{THREAT}/", threat.threat, name="threat"),
    path(f"{THREAT}/edit/", threat.threat_edit, name="threat_edit"),
    path(f"{THREAT}/remove/", threat.threat_remove, name="threat_remove"),
    path(f"{THREAT}/risk/", threat.threat_risk, name="threat_risk"),
    path(f"{THREAT}/link/", threat.threat_link, name="threat_link"),
]
