"""Pages that read the ledger."""

from compliance.timeline.views.compare import (
    organisation_compare,
    organisation_record_compare,
    project_compare,
    project_record_compare,
)
from compliance.timeline.views.pages import organisation, organisation_record, project, project_record

__all__ = [
    "organisation",
    "organisation_compare",
    "organisation_record",
    "organisation_record_compare",
    "project",
    "project_compare",
    "project_record",
    "project_record_compare",
]
