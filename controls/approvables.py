"""What of this room waits for approval."""

from compliance.approvals.registry import approvable

approvable(
    "controls.documentversion", kind="document", noun="the document", page=lambda row: row.document.get_absolute_url()
)
approvable("controls.scopestatement", kind="document", noun="the scope")
approvable("controls.managementreview", kind="review", noun="the minutes of")
approvable("controls.statement", kind="applicability", noun="the statement of applicability")
approvable("controls.auditprogramme", kind="audit", noun="the audit programme")
approvable("controls.deviation", kind="applicability", noun="the exception")
