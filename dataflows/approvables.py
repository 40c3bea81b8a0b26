"""What of this room waits for approval."""

from compliance.approvals.registry import approvable

approvable("dataflows.party", kind="party", noun="the party")
approvable("dataflows.dataflow", kind="flow", noun="the data flow")
approvable("dataflows.processingactivity", kind="flow", noun="the record of processing")
approvable("dataflows.transferassessment", kind="flow", noun="the transfer assessment")
approvable("dataflows.interestassessment", kind="flow", noun="the balance of interests")
approvable("dataflows.textversion", kind="flow", noun="the text", page=lambda row: row.about.get_absolute_url())
