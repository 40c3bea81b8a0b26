"""The two store labels as facts: what people are told is collected, type by type."""

from compliance.artefacts.formats import app_store_privacy, play_data_safety
from compliance.artefacts.formats.observation import Observation, Observed, given, once

PLAY, APP_STORE = "play_data_safety", "app_store_privacy"
LABELS = {PLAY: "Google Play Data safety form", APP_STORE: "App Store privacy label"}


def play(data: bytes) -> Observed:
    """The types a Data safety form declares, and its answers about the whole app. Raises Unreadable."""
    meant = play_data_safety.declared(play_data_safety.read(data))
    facts = []
    for code, use in meant.types.items():
        more = given(
            collected=_word(use.collected),
            shared=_word(use.shared),
            ephemeral=_word(use.ephemeral),
            optional=_word(use.optional),
            collected_for=" ".join(sorted(use.collected_for)),
            shared_for=" ".join(sorted(use.shared_for)),
        )
        facts.append(Observation("label", code[:120], "play", code[:120], more=more))
    for (question, response), value in meant.general.items():
        name = f"{question}:{response}".rstrip(":")[:200]
        facts.append(Observation("label_answer", name, value[:500], name))
    return Observed(PLAY, "android", observations=once(facts))


def app_store(data: bytes) -> Observed:
    """The categories a label declares. Raises Unreadable."""
    facts = [
        Observation(
            "label",
            code,
            "app_store",
            code,
            more=given(
                collected="true",
                linked=_word(use.linked),
                tracked=_word(use.tracked),
                collected_for=" ".join(sorted(use.purposes)),
            ),
        )
        for code, use in app_store_privacy.declared(app_store_privacy.read(data)).items()
    ]
    return Observed(APP_STORE, "ios", observations=once(facts))


def _word(value: bool | None) -> str:
    return "" if value is None else "true" if value else "false"
