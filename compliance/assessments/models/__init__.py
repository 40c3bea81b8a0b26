"""Assessments, their answers, what reviewers remark, and what the answers propose."""

from .answer import Answer, Remark
from .assessment import EDITABLE, MOVES, OPEN, Assessment, State
from .proposal import PROPOSAL_MOVES, Proposal, ProposalState

__all__ = [
    "EDITABLE",
    "MOVES",
    "OPEN",
    "PROPOSAL_MOVES",
    "Answer",
    "Assessment",
    "Proposal",
    "ProposalState",
    "Remark",
    "State",
]
