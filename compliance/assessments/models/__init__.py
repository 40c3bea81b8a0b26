"""Assessments, their answers, what reviewers remark, and what the answers propose."""

from .answer import Answer, Remark
from .assessment import EDITABLE, MOVES, OPEN, Assessment, State
from .proposal import PROPOSAL_MOVES, Proposal, ProposalState
from .rule import RULE_MOVES, RuleChange, RuleState

__all__ = [
    "EDITABLE",
    "MOVES",
    "OPEN",
    "PROPOSAL_MOVES",
    "RULE_MOVES",
    "Answer",
    "Assessment",
    "Proposal",
    "ProposalState",
    "Remark",
    "RuleChange",
    "RuleState",
    "State",
]
