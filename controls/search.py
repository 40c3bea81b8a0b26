"""What of this room can be found by search."""

from compliance.projects.search import searchable
from controls.models import Applicability, Control, ControlTest, Document, Evidence, EvidenceRequest, Implementation

HOME = ("project", "organisation")
searchable(
    "applicability",
    "Applicability",
    model=Applicability,
    kind="applicability",
    words=("requirement__ref", "requirement__title"),
    related=(*HOME, "requirement__edition"),
    order=14,
)
searchable(
    "control",
    "Controls",
    model=Control,
    kind="implementation",
    words=("title",),
    related=("organisation",),
    order=15,
)
searchable(
    "implementation",
    "Controls at work",
    model=Implementation,
    kind="implementation",
    words=("control__title",),
    related=(*HOME, "control"),
    order=16,
)
searchable("evidence", "Evidence", model=Evidence, kind="evidence", words=("title", "shows"), related=HOME, order=17)
searchable(
    "request", "Requests for evidence", model=EvidenceRequest, kind="evidence", words=("title",), related=HOME, order=18
)
searchable(
    "test", "Tests of controls", model=ControlTest, kind="implementation", words=("objective",), related=HOME, order=19
)
searchable(
    "document", "Documents", model=Document, kind="document", words=("title",), related=("organisation",), order=18
)
