"""Approvals."""

from compliance.approvals.models.approval import Approval, ApprovalQuerySet

__all__ = ["Approval", "ApprovalQuerySet"]
