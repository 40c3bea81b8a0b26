"""Pages that read the ledger."""

from compliance.timeline.views.pages import organisation, organisation_record, project, project_record

__all__ = ["organisation", "organisation_record", "project", "project_record"]
