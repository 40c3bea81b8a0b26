"""Forms of the data-flow room."""

from dataflows.forms.activity import ActivityFilter, ActivityForm
from dataflows.forms.assessment import AssessmentFilter, AssessmentForm, TransferFilter
from dataflows.forms.balancing import InterestFilter, InterestForm
from dataflows.forms.contract import ChecklistForm, ContractForm
from dataflows.forms.fall import FallForm, SettleForm
from dataflows.forms.finding import FlowFilter
from dataflows.forms.flow import FlowForm, MapForm, NodeForm, TransferForm
from dataflows.forms.inventory import ItemFilter, SystemFilter, SystemForm
from dataflows.forms.party import ItemForm, PartyFilter, PartyForm
from dataflows.forms.record import ReasonForm, StepForm
from dataflows.forms.retention import RuleFilter, RuleForm, RunForm
from dataflows.forms.supplier import CloudForm, EngagementForm, ExitForm, SupplierReviewForm

__all__ = [
    "ActivityFilter",
    "ActivityForm",
    "AssessmentFilter",
    "AssessmentForm",
    "ChecklistForm",
    "CloudForm",
    "ContractForm",
    "EngagementForm",
    "ExitForm",
    "FallForm",
    "FlowFilter",
    "FlowForm",
    "InterestFilter",
    "InterestForm",
    "ItemFilter",
    "ItemForm",
    "MapForm",
    "NodeForm",
    "PartyFilter",
    "PartyForm",
    "ReasonForm",
    "RuleFilter",
    "RuleForm",
    "RunForm",
    "SettleForm",
    "StepForm",
    "SupplierReviewForm",
    "SystemFilter",
    "SystemForm",
    "TransferFilter",
    "TransferForm",
]
