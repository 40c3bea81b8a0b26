"""Everything that changes parties, places, flows, transfers and records of processing."""

from dataflows.services.activity import change_activity, draft_activity
from dataflows.services.flow import BadPath, change_flow, propose_flow
from dataflows.services.item import add_item, change_item, items_named
from dataflows.services.node import add_node, change_node, node_of_kind, node_of_party
from dataflows.services.party import NoContract, add_party, change_party, move_party
from dataflows.services.review import (
    NotInOrder,
    WrongState,
    approve_record,
    retire_record,
    send_back,
    submit_for_review,
)
from dataflows.services.transfer import change_transfer, record_transfer, remove_transfer

__all__ = [
    "BadPath",
    "NoContract",
    "NotInOrder",
    "WrongState",
    "add_item",
    "add_node",
    "add_party",
    "approve_record",
    "change_activity",
    "change_flow",
    "change_item",
    "change_node",
    "change_party",
    "change_transfer",
    "draft_activity",
    "items_named",
    "move_party",
    "node_of_kind",
    "node_of_party",
    "propose_flow",
    "record_transfer",
    "remove_transfer",
    "retire_record",
    "send_back",
    "submit_for_review",
]
