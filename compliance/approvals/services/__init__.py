"""Asking for approval, and deciding."""

from compliance.approvals.services.approval import NotYours, decide, request_approval, revoke

__all__ = ["NotYours", "decide", "request_approval", "revoke"]
