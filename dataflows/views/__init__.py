"""Pages of the data-flow room."""

from dataflows.views.activity import (
    activities,
    activity,
    activity_add,
    activity_decide,
    activity_edit,
    activity_step,
    project_activities,
    project_activity,
    project_activity_add,
    project_activity_decide,
    project_activity_edit,
    project_activity_step,
)
from dataflows.views.agreement import activity_agree, project_activity_agree
from dataflows.views.assessment import (
    transfer_assessment,
    transfer_assessment_add,
    transfer_assessment_advise,
    transfer_assessment_decide,
    transfer_assessment_edit,
    transfer_assessment_step,
    transfer_assessments,
    transfers,
)
from dataflows.views.contract import (
    contract,
    party_checklist,
    party_checklist_edit,
    party_contract_add,
)
from dataflows.views.fall import (
    affected_by,
    fall,
    fall_add,
    fall_settle,
    falls,
)
from dataflows.views.flow import flow, flow_add, flow_decide, flow_edit, flow_step, flows, project_flows
from dataflows.views.flow_table import flow_table
from dataflows.views.intake import intake, intake_api, intake_end
from dataflows.views.map import flow_map, node, node_add
from dataflows.views.party import parties, party, party_add, party_approve, party_edit, party_move
from dataflows.views.privacy import privacy, project_privacy
from dataflows.views.record_export import (
    project_records_file,
    records_file,
)
from dataflows.views.request import (
    request_add,
    request_edit,
    request_places,
    request_reply,
    requests,
    subject_request,
)
from dataflows.views.request_steps import request_decide, request_step
from dataflows.views.supplier import (
    engagement,
    party_cloud,
    party_cloud_edit,
    party_engagement_add,
    party_exit,
    party_review_add,
)
from dataflows.views.transfer import transfer, transfer_add, transfer_remove

__all__ = [
    "activities",
    "activity",
    "activity_add",
    "activity_agree",
    "activity_decide",
    "activity_edit",
    "activity_step",
    "affected_by",
    "contract",
    "engagement",
    "fall",
    "fall_add",
    "fall_settle",
    "falls",
    "flow",
    "flow_add",
    "flow_decide",
    "flow_edit",
    "flow_map",
    "flow_step",
    "flow_table",
    "flows",
    "intake",
    "intake_api",
    "intake_end",
    "node",
    "node_add",
    "parties",
    "party",
    "party_add",
    "party_approve",
    "party_checklist",
    "party_checklist_edit",
    "party_cloud",
    "party_cloud_edit",
    "party_contract_add",
    "party_edit",
    "party_engagement_add",
    "party_exit",
    "party_move",
    "party_review_add",
    "privacy",
    "project_activities",
    "project_activity",
    "project_activity_add",
    "project_activity_agree",
    "project_activity_decide",
    "project_activity_edit",
    "project_activity_step",
    "project_flows",
    "project_privacy",
    "project_records_file",
    "records_file",
    "request_add",
    "request_decide",
    "request_edit",
    "request_places",
    "request_reply",
    "request_step",
    "requests",
    "subject_request",
    "transfer",
    "transfer_add",
    "transfer_assessment",
    "transfer_assessment_add",
    "transfer_assessment_advise",
    "transfer_assessment_decide",
    "transfer_assessment_edit",
    "transfer_assessment_step",
    "transfer_assessments",
    "transfer_remove",
    "transfers",
]
