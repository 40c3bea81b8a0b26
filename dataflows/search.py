"""What of this room can be found by search."""

from compliance.projects.search import searchable
from dataflows.models import (
    Consent,
    Contract,
    DataFlow,
    DataItem,
    Drift,
    InterestAssessment,
    Notice,
    Party,
    ProcessingActivity,
    RetentionRule,
    StoreDeclaration,
    SubjectRequest,
    System,
    TransferAssessment,
)

BOTH = ("project", "organisation")
searchable(
    "activity", "Records of processing", model=ProcessingActivity, kind="flow", words=("name",), related=BOTH, order=30
)
searchable("flow", "Data flows", model=DataFlow, kind="flow", words=("title",), related=("project",), order=31)
searchable("item", "Data items", model=DataItem, kind="flow", words=("name",), related=("organisation",), order=32)
searchable("system", "Systems", model=System, kind="flow", words=("name",), related=("organisation",), order=32)
searchable(
    "retention_rule",
    "Retention rules",
    model=RetentionRule,
    kind="flow",
    words=("name",),
    related=("organisation",),
    order=32,
)
searchable(
    "interest",
    "Legitimate interests",
    model=InterestAssessment,
    kind="flow",
    words=("title",),
    related=("organisation",),
    order=32,
)
searchable("party", "Parties", model=Party, kind="party", words=("name",), related=("organisation",), order=33)
searchable(
    "contract",
    "Contracts",
    model=Contract,
    kind="party",
    words=("name",),
    related=("organisation", "party__organisation"),
    order=33,
)
searchable(
    "transfer_assessment",
    "Transfer assessments",
    model=TransferAssessment,
    kind="flow",
    words=("title",),
    related=("organisation",),
    order=33,
)
searchable(
    "subject_request",
    "Requests of data subjects",
    model=SubjectRequest,
    kind="request",
    words=(),
    related=("organisation",),
    order=34,
)
searchable(
    "drift",
    "App and papers",
    model=Drift,
    kind="flow",
    words=("app_does", "papers_say"),
    related=("project",),
    order=34,
)
searchable("notice", "Notices", model=Notice, kind="flow", words=("title",), related=("project",), order=35)
searchable(
    "consent", "Consents", model=Consent, kind="flow", words=("title", "purposes"), related=("project",), order=36
)
searchable(
    "store_label",
    "Store labels",
    model=StoreDeclaration,
    kind="flow",
    words=("target__app_id",),
    related=("project", "target"),
    order=37,
)
