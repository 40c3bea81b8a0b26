"""Forms of the data-flow room."""

from dataflows.forms.activity import ActivityFilter, ActivityForm
from dataflows.forms.finding import FlowFilter
from dataflows.forms.flow import FlowForm, MapForm, NodeForm, TransferForm
from dataflows.forms.party import ItemForm, PartyFilter, PartyForm
from dataflows.forms.record import ReasonForm, StepForm

__all__ = [
    "ActivityFilter",
    "ActivityForm",
    "FlowFilter",
    "FlowForm",
    "ItemForm",
    "MapForm",
    "NodeForm",
    "PartyFilter",
    "PartyForm",
    "ReasonForm",
    "StepForm",
    "TransferForm",
]
