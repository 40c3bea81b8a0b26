"""What of this room can be found by search."""

from compliance.projects.search import searchable
from dataflows.models import DataFlow, DataItem, Party, ProcessingActivity, SubjectRequest

BOTH = ("project", "organisation")
searchable(
    "activity", "Records of processing", model=ProcessingActivity, kind="flow", words=("name",), related=BOTH, order=30
)
searchable("flow", "Data flows", model=DataFlow, kind="flow", words=("title",), related=("project",), order=31)
searchable("item", "Data items", model=DataItem, kind="flow", words=("name",), related=("organisation",), order=32)
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
