"""Pages that read the ledger, and the one that takes personal data out of it."""

from compliance.timeline.views.compare import (
    organisation_compare,
    organisation_record_compare,
    project_compare,
    project_record_compare,
)
from compliance.timeline.views.pages import (
    organisation,
    organisation_record,
    organisation_step,
    project,
    project_record,
    project_step,
)
from compliance.timeline.views.redaction import organisation_redact, project_redact

__all__ = [
    "organisation",
    "organisation_compare",
    "organisation_record",
    "organisation_record_compare",
    "organisation_redact",
    "organisation_step",
    "project",
    "project_compare",
    "project_record",
    "project_record_compare",
    "project_redact",
    "project_step",
]
