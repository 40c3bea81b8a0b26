"""What of this room can be found by search."""

from compliance.projects.search import searchable
from dataflows.models import (
    DataFlow,
    DataItem,
    InterestAssessment,
    Party,
    ProcessingActivity,
    RetentionRule,
    SubjectRequest,
    System,
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
    "subject_request",
    "Requests of data subjects",
    model=SubjectRequest,
    kind="request",
    words=(),
    related=("organisation",),
    order=34,
)
