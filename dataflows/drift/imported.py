"""Store labels as they were handed in, as papers: what was last told to people counts, not what was meant."""

from collections.abc import Iterable

from compliance.artefacts.formats.observation import Observation, Observed
from dataflows.drift.papers import APPLE, PLAY, Declared, Label

STORES = {"play_data_safety": PLAY, "app_store_privacy": APPLE}
ACCOUNTS, NONE = "PSL_SUPPORTED_ACCOUNT_CREATION_METHODS:", "PSL_ACM_NONE"
DELETION = "PSL_ACCOUNT_DELETION_URL"


def labels_of(artefacts: Iterable[Observed]) -> tuple[Label, ...]:
    """The labels among artefacts, one per store; a later one replaces an earlier."""
    found = {STORES[one.format]: _label(one) for one in artefacts if one.format in STORES}
    return tuple(found.values())


def _label(one: Observed) -> Label:
    answers = {fact.key: fact.value for fact in one.of("label_answer")}
    ways = [key for key, value in answers.items() if key.startswith(ACCOUNTS) and value == "true"]
    return Label(
        store=STORES[one.format],
        types={fact.key: _declared(fact) for fact in one.of("label")},
        accounts=any(not key.endswith(NONE) for key in ways) if ways else None,
        deletion_url=next((value for key, value in answers.items() if key.startswith(DELETION)), ""),
    )


def _declared(fact: Observation) -> Declared:
    said = {name: fact.said(name) == "true" for name in ("collected", "shared", "ephemeral", "tracked")}
    return Declared(**said)
