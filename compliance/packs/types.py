"""The kinds of pack there are. Data, not code: each names the sections of the full outline it is made of."""

from dataclasses import dataclass

BOTH = frozenset({"organisation", "project"})
SHARED = frozenset({"internal", "auditor", "customer"})
PRIVACY = frozenset({"internal", "auditor", "customer", "authority"})
ENDS = (21, 22, 23, 24)
OF_RELEASE = frozenset(
    (
        *("release", "scope", "risks", "assessment", "threat_models", "requirements", "gates", "artefacts"),
        *("build_differences", "drift", "flows", "dpia", "notices", "store_labels", "vulnerabilities"),
        *("permissions", "exports"),
    )
)


@dataclass(frozen=True)
class PackType:
    """A kind of pack: whom it is for, what it holds, and what it can be asked of.

    `slots` are numbers of the full outline (see `outline.py`) in print order; the kind numbers its sections by their
    place in it, so a number never moves. `subject` says what a pack of the kind is about ("release", "control").
    `only` names the sections there are when not all of these places are asked for: what is of the whole project and
    not of its subject stands in the project's file.
    """

    key: str
    title: str
    purpose: str
    slots: tuple[int, ...]
    scopes: frozenset[str] = BOTH
    profiles: frozenset[str] = SHARED
    subject: str = ""
    privacy: bool = False
    only: frozenset[str] = frozenset()


PACK_TYPES = {
    item.key: item
    for item in (
        PackType(
            "project_app",
            "Project file",
            "Everything about one app: scope, applicability, risks, processing, data flows, evidence and history.",
            tuple(range(25)),
            scopes=frozenset({"project"}),
            privacy=True,
        ),
        PackType(
            "isms_27001",
            "ISMS, ISO/IEC 27001",
            "For the certification auditor: applicability, risks and treatment, evidence, history.",
            (*range(10), 15, 17, 18, 19, 20, *ENDS),
        ),
        PackType(
            "pims_27701",
            "PIMS, ISO/IEC 27701",
            "For the privacy auditor: roles, processing, transfers, applicability, risks to people.",
            (*range(10), 12, 13, 14, 15, 16, 17, 19, 20, *ENDS),
            privacy=True,
        ),
        PackType(
            "gdpr_accountability",
            "GDPR accountability",
            "What Art. 5(2) GDPR asks to be able to show: processing, transfers, risks to people, requests, breaches.",
            (0, 1, 2, 3, 5, 7, 12, 13, 14, 15, 16, 17, *ENDS),
            profiles=PRIVACY,
            privacy=True,
        ),
        PackType(
            "release",
            "Release file",
            "One release: what changed, what was decided at its gates, and what held when it was published.",
            (0, 1, 2, 7, 10, 11, 13, 14, 18, *ENDS),
            scopes=frozenset({"project"}),
            subject="release",
            privacy=True,
            only=OF_RELEASE,
        ),
        PackType(
            "single_control",
            "Single control",
            "One control: what asks for it, how it is done, what shows it month by month, which risks rely on it.",
            (0, 1, 2, 6, 7, 9, *ENDS),
            subject="control",
        ),
        PackType(
            "dpia",
            "Impact assessment file",
            "What Art. 35 GDPR asks for: the processing described, its risks to people, measures, opinions, decision.",
            (0, 1, 2, 7, 12, 13, 14, 15, *ENDS),
            profiles=PRIVACY,
            privacy=True,
        ),
        PackType(
            "incident_breach",
            "Incident and breach file",
            "What Art. 33(5) GDPR asks to be documented: facts, effects, remedies, notifications and their clocks.",
            (0, 1, 2, 5, 15, 17, 20, *ENDS),
            profiles=PRIVACY,
            privacy=True,
        ),
        PackType(
            "audit_file",
            "Audit file",
            "For the internal audit and the management review: criteria, documents, controls, findings, actions.",
            (*range(7), 9, 19, 20, *ENDS),
        ),
        PackType(
            "soa_only",
            "Statement of applicability",
            "The statement of applicability with its evidence, alone.",
            (0, 1, 2, 3, 6, *ENDS),
        ),
        PackType(
            "ropa_only",
            "Records of processing",
            "The records of processing activities, in the order of the letters of Art. 30 GDPR, alone.",
            (0, 1, 2, 12, 15, *ENDS),
            profiles=PRIVACY,
            privacy=True,
        ),
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
