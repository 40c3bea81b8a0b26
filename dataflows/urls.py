"""Addresses of the data-flow room."""

from django.urls import path

from dataflows import views
from dataflows.drift_urls import drift
from dataflows.party_urls import parties
from dataflows.record_urls import record_urls
from dataflows.told_urls import told

app_name = "dataflows"

ORGANISATION = "organisations/<slug:organisation>"
FLOWS = "projects/<slug:project>/flows"
REQUESTS = f"{ORGANISATION}/requests"
PROCESSING = f"{FLOWS}/records"

urlpatterns = [
    path(f"{ORGANISATION}/processing/", views.activities, name="activities"),
    path(f"{ORGANISATION}/processing/add/", views.activity_add, name="activity_add"),
    path(f"{ORGANISATION}/processing/<str:reference>/agree/", views.activity_agree, name="activity_agree"),
    path(f"{PROCESSING}/<str:reference>/agree/", views.project_activity_agree, name="project_activity_agree"),
    path(f"{ORGANISATION}/privacy/", views.privacy, name="privacy"),
    path("projects/<slug:project>/privacy/", views.project_privacy, name="project_privacy"),
    path(f"{ORGANISATION}/processing/flows/", views.flows, name="flows"),
    path(f"{ORGANISATION}/processing/files/<slug:form>/", views.records_file, name="records_file"),
    *record_urls,
    path(f"{ORGANISATION}/processing/<str:reference>/", views.activity, name="activity"),
    path(f"{ORGANISATION}/processing/<str:reference>/edit/", views.activity_edit, name="activity_edit"),
    path(f"{ORGANISATION}/processing/<str:reference>/step/", views.activity_step, name="activity_step"),
    path(f"{ORGANISATION}/processing/<str:reference>/decision/", views.activity_decide, name="activity_decide"),
    *parties,
    path(f"{REQUESTS}/", views.requests, name="requests"),
    path(f"{REQUESTS}/add/", views.request_add, name="request_add"),
    path(f"{REQUESTS}/intake/", views.intake, name="intake"),
    path(f"{REQUESTS}/intake/<str:reference>/end/", views.intake_end, name="intake_end"),
    path(f"{REQUESTS}/<str:reference>/", views.subject_request, name="request"),
    path(f"{REQUESTS}/<str:reference>/edit/", views.request_edit, name="request_edit"),
    path(f"{REQUESTS}/<str:reference>/places/", views.request_places, name="request_places"),
    path(f"{REQUESTS}/<str:reference>/reply/", views.request_reply, name="request_reply"),
    path(f"{REQUESTS}/<str:reference>/steps/<slug:step>/", views.request_step, name="request_step"),
    path(f"{REQUESTS}/<str:reference>/decisions/<slug:step>/", views.request_decide, name="request_decide"),
    path("api/requests/", views.intake_api, name="intake_api"),
    *drift,
    *told,
    path(f"{PROCESSING}/", views.project_activities, name="project_activities"),
    path(f"{PROCESSING}/files/<slug:form>/", views.project_records_file, name="project_records_file"),
    path(f"{PROCESSING}/add/", views.project_activity_add, name="project_activity_add"),
    path(f"{PROCESSING}/<str:reference>/", views.project_activity, name="project_activity"),
    path(f"{PROCESSING}/<str:reference>/edit/", views.project_activity_edit, name="project_activity_edit"),
    path(f"{PROCESSING}/<str:reference>/step/", views.project_activity_step, name="project_activity_step"),
    path(f"{PROCESSING}/<str:reference>/decision/", views.project_activity_decide, name="project_activity_decide"),
    path(f"{FLOWS}/", views.project_flows, name="project_flows"),
    path(f"{FLOWS}/add/", views.flow_add, name="flow_add"),
    path(f"{FLOWS}/map/", views.flow_map, name="map"),
    path(f"{FLOWS}/table/", views.flow_table, name="flow_table"),
    path(f"{FLOWS}/places/add/", views.node_add, name="node_add"),
    path(f"{FLOWS}/places/<str:reference>/", views.node, name="node"),
    path(f"{FLOWS}/transfers/<str:reference>/", views.transfer, name="transfer"),
    path(f"{FLOWS}/transfers/<str:reference>/remove/", views.transfer_remove, name="transfer_remove"),
    path(f"{FLOWS}/<str:reference>/", views.flow, name="flow"),
    path(f"{FLOWS}/<str:reference>/edit/", views.flow_edit, name="flow_edit"),
    path(f"{FLOWS}/<str:reference>/step/", views.flow_step, name="flow_step"),
    path(f"{FLOWS}/<str:reference>/decision/", views.flow_decide, name="flow_decide"),
    path(f"{FLOWS}/<str:reference>/transfers/add/", views.transfer_add, name="transfer_add"),
]
