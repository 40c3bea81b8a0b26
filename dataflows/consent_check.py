"""Whether consent stands behind every flow that needs it, and what a consent lacks: pure questions."""

from collections.abc import Iterable
from dataclasses import dataclass

from dataflows.models import Consent, DataFlow


@dataclass(frozen=True)
class Need:
    """A flow that needs consent: why, by which article, and what is missing (empty when nothing is)."""

    flow: DataFlow
    why: str
    article: str
    missing: str


def needs(flows: Iterable[DataFlow], worded: Iterable[object]) -> list[Need]:
    """The flows that rest on consent or read the device; `worded` are the ids of consents with a published wording."""
    known, found = set(worded), []
    for flow in flows:
        why, article = _why(flow)
        if not why:
            continue
        missing = ""
        if flow.consent is None:
            missing = "No consent is chosen on the flow."
        elif flow.consent.pk not in known:
            missing = f"No wording of {flow.consent.reference} is published."
        found.append(Need(flow, why, article, missing))
    return found


def _why(flow: DataFlow) -> tuple[str, str]:
    if flow.article9_condition == "explicit_consent":
        return "It carries special categories on explicit consent.", "GDPR Art. 9(2)(a)"
    if flow.legal_basis == "consent":
        return "It rests on consent.", "GDPR Art. 6(1)(a)"
    if flow.reads_device and not flow.strictly_necessary:
        return "It reads or writes on the device and is not strictly necessary.", "ePrivacy Art. 5(3)"
    return "", ""


def weaknesses(consent: Consent) -> list[str]:
    """What an authority would say about how consent is asked for."""
    found = []
    if len(consent.purpose_lines) > 1 and consent.granularity == Consent.Granularity.TOGETHER:
        found.append("Several purposes hang on one yes: ask for each by itself (GDPR recital 43).")
    if not consent.withdrawal:
        found.append("Nobody has said how it is withdrawn (GDPR Art. 7(3)).")
    if consent.proof_kept == Consent.Proof.NONE:
        found.append("Nothing is kept that shows the consent (GDPR Art. 7(1)).")
    elif not consent.proof_place:
        found.append("Nobody has said where the consents are kept (GDPR Art. 7(1)).")
    return found
