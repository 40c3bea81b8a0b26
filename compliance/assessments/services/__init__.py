"""Assessments are started, answered, submitted, reviewed and approved here; proposals are decided."""

from .answer import ask_colleague, save_answer
from .assessment import (
    approve_assessment,
    begin_review,
    finish_review,
    remark_on,
    send_back_assessment,
    start_assessment,
    submit_assessment,
)
from .proposal import accept_proposals, decline_proposals
from .rule import decide_rule, propose_rule

__all__ = [
    "accept_proposals",
    "approve_assessment",
    "ask_colleague",
    "begin_review",
    "decide_rule",
    "decline_proposals",
    "finish_review",
    "propose_rule",
    "remark_on",
    "save_answer",
    "send_back_assessment",
    "start_assessment",
    "submit_assessment",
]
