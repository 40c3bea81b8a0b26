"""Everything that changes parties, places, flows, transfers and records of processing."""

from dataflows.services.activity import change_activity, draft_activity
from dataflows.services.flow import BadPath, change_flow, propose_flow
from dataflows.services.item import add_item, change_item, items_named
from dataflows.services.node import add_node, change_node, node_of_kind, node_of_party
from dataflows.services.party import NoContract, add_party, change_party, move_party
from dataflows.services.request import (
    change_request,
    end_intake,
    key_of,
    open_intake,
    receive_request,
    settle_steps,
)
from dataflows.services.request_moves import (
    answer_request,
    approve_reply,
    ask_requester,
    check_identity,
    close_request,
    confirm_identity,
    extend_request,
    prepare_reply,
    refuse_request,
    send_back_reply,
)
from dataflows.services.review import (
    NotInOrder,
    WrongState,
    approve_record,
    retire_record,
    send_back,
    submit_for_review,
)
from dataflows.services.told import (
    add_told,
    answer_text,
    change_told,
    derive_label,
    draft_text,
    record_counts,
)
from dataflows.services.told_moves import decide_text, publish_text, review_text, submit_text, withdraw_text
from dataflows.services.transfer import change_transfer, record_transfer, remove_transfer

__all__ = [
    "BadPath",
    "NoContract",
    "NotInOrder",
    "WrongState",
    "add_item",
    "add_node",
    "add_party",
    "add_told",
    "answer_request",
    "answer_text",
    "approve_record",
    "approve_reply",
    "ask_requester",
    "change_activity",
    "change_flow",
    "change_item",
    "change_node",
    "change_party",
    "change_request",
    "change_told",
    "change_transfer",
    "check_identity",
    "close_request",
    "confirm_identity",
    "decide_text",
    "derive_label",
    "draft_activity",
    "draft_text",
    "end_intake",
    "extend_request",
    "items_named",
    "key_of",
    "move_party",
    "node_of_kind",
    "node_of_party",
    "open_intake",
    "prepare_reply",
    "propose_flow",
    "publish_text",
    "receive_request",
    "record_counts",
    "record_transfer",
    "refuse_request",
    "remove_transfer",
    "retire_record",
    "review_text",
    "send_back",
    "send_back_reply",
    "settle_steps",
    "submit_for_review",
    "submit_text",
    "withdraw_text",
]
