"""What of this room waits for approval."""

from compliance.approvals.registry import approvable

approvable("assessments.assessment", kind="assessment", noun="the assessment")
