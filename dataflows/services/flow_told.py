"""What a flow says for stores and consent screens, checked."""

from dataflows.models import DataFlow
from dataflows.services.saving import BadValue, known_codes
from dataflows.told_vocabulary import store_purposes


def check_told(flow: DataFlow) -> None:
    """Raises BadValue for purposes nobody knows, a consent of another project, and a contradiction."""
    flow.store_purposes = known_codes(flow.store_purposes, store_purposes(), "Purposes in the words of the stores")
    if flow.consent and flow.consent.project_id != flow.project_id:
        raise BadValue("Consent: choose one of the same project.")
    if flow.strictly_necessary and not flow.reads_device:
        raise BadValue("Strictly necessary: say first that it reads or writes on the device.")
