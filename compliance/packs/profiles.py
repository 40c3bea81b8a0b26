"""Who a pack is for, and what that reader does not see. Data, not code."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """A reader: the classification printed on every page, and what is left out of their copy.

    `sections` are the numbers of the full outline the reader is shown (empty: all), `without` the keys of sections left
    out of these. With `names` people are named;
    without, they become their role and a number. `open` shows values of the machine-readable history; closed, every
    text of it is proven by its commitment only. `exhibits` says whether files of evidence come along.
    """

    key: str
    title: str
    classification: str
    purpose: str
    sections: frozenset[int] = frozenset()
    without: frozenset[str] = frozenset()
    names: bool = True
    open: bool = True
    exhibits: bool = True
    withheld: str = ""


PROFILES = {
    item.key: item
    for item in (
        Profile("internal", "Internal", "Internal", "Everything, for the organisation itself."),
        Profile(
            "auditor",
            "Certification auditor",
            "Confidential: auditor's copy",
            "Everything an auditor needs to judge for themselves; nothing is left out.",
        ),
        Profile(
            "customer",
            "Customer",
            "Confidential: customer's copy",
            "People are roles; addresses of machines, details of weaknesses and internal notes are left out.",
            names=False,
            open=False,
            exhibits=False,
            withheld="Withheld in the customer's copy.",
        ),
        Profile(
            "authority",
            "Supervisory authority",
            "Confidential: for the authority",
            "Art. 30, 33 and 35 GDPR only: processing, processors and transfers, breaches, impact assessments.",
            sections=frozenset({0, 1, 2, 12, 14, 15, 17, 21, 22, 23, 24}),
            without=frozenset({"context", "interested-parties", "context-issues"}),
            open=False,
            withheld="Not part of the authority's copy, which holds what Art. 30, 33 and 35 GDPR ask for.",
        ),
    )
}


class UnknownProfile(ValueError):
    """A profile nobody has defined; the message lists those there are."""


def profile_of(key: str) -> Profile:
    """Return the profile called `key`."""
    try:
        return PROFILES[key]
    except KeyError:
        raise UnknownProfile(f"There is no profile {key!r}: use one of {', '.join(sorted(PROFILES))}.") from None


def profile_choices() -> list[tuple[str, str]]:
    """Profiles for a form or a model field: key and the classification printed on every page."""
    return [(item.key, item.classification) for item in PROFILES.values()]
