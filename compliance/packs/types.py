"""The kinds of pack there are. Data, not code: a section says which of them it stands in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PackType:
    """A kind of pack and whom it is for."""

    key: str
    title: str
    purpose: str


PACK_TYPES = {
    item.key: item
    for item in (
        PackType(
            "project_app",
            "Project file",
            "Everything about one app: scope, applicability, risks, processing, data flows, evidence and history.",
        ),
        PackType(
            "isms_27001",
            "ISMS, ISO/IEC 27001",
            "For the certification auditor: applicability, risks and treatment, evidence, history.",
        ),
        PackType(
            "pims_27701",
            "PIMS, ISO/IEC 27701",
            "For the privacy auditor: roles, processing, transfers, applicability, risks to people.",
        ),
        PackType(
            "gdpr_accountability",
            "GDPR accountability",
            "For a supervisory authority: records of processing, transfers, risks to people.",
        ),
        PackType("soa_only", "Statement of applicability", "The statement of applicability with its evidence, alone."),
        PackType("ropa_only", "Records of processing", "The records of processing activities, alone."),
    )
}


class UnknownPackType(ValueError):
    """A pack type nobody has defined; the message lists those there are."""


def pack_type(key: str) -> PackType:
    """Return the pack type called `key`."""
    try:
        return PACK_TYPES[key]
    except KeyError:
        raise UnknownPackType(f"There is no pack type {key!r}: use one of {', '.join(sorted(PACK_TYPES))}.") from None
