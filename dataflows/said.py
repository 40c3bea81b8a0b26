"""What people say in an assessment, read as this room keeps it: data by category, lengths of time, events."""

import re
from collections.abc import Iterable
from typing import Any

from compliance.accounts.models import User
from compliance.projects.models import Organisation
from dataflows import vocabulary
from dataflows.models import DataItem, RetentionRule
from dataflows.services import add_item

# The options of Q15 as the categories they belong to.
OPTIONS = {
    "contact": "email",
    "account_id": "user_id",
    "precise_location": "location_precise",
    "coarse_location": "location_coarse",
    "payment": "payment_info",
    "browsing_search": "browsing",
    "diagnostics": "crash",
    "purchase": "purchase_history",
    "employment": "other_personal",
    "beliefs": "sensitive",
    "sex_life": "sensitive",
    "ethnicity": "sensitive",
}
# The first that is found in a word decides.
WORDS = (
    ("health", r"health|heart|pulse|sleep|medic|mood|cycle|fertil|weight|illness|symptom"),
    ("biometric", r"face|finger|voice print|biometr|liveness"),
    ("identity_document", r"passport|id document|identity document|id card|licence"),
    ("ad_id", r"advertis|ad id|idfa"),
    ("crash", r"crash|stack"),
    ("performance", r"diagnos|performance|device info|speed"),
    ("ip_address", r"\bip\b"),
    ("device_id", r"device|token|binding"),
    ("location_coarse", r"rough|coarse|viewport|approximate|\bcity\b"),
    ("location_precise", r"location|place|route|gps|position"),
    ("email", r"mail"),
    ("phone", r"phone|mobile number"),
    ("address", r"address|street"),
    ("other_personal", r"birth|age\b|gender|sex\b"),
    ("user_id", r"account|user id|login|password|username"),
    ("name", r"name"),
    ("payment_info", r"card|iban|payment|bank"),
    ("other_financial", r"balance|transaction|income|salary|money"),
    ("purchase_history", r"purchase|order|basket"),
    ("fitness", r"fitness|workout|training|steps|run\b|runs\b"),
    ("support", r"support|ticket|request"),
    ("messages", r"message|chat"),
    ("photos_video", r"photo|picture|image|video|screenshot"),
    ("audio", r"audio|voice|sound|microphone"),
    ("contacts", r"contacts|address book"),
    ("calendar", r"calendar"),
    ("browsing", r"brows|page"),
    ("search", r"search"),
    ("usage", r"usage|event|use of|click|screen|what people do"),
    ("files", r"file"),
)
TRIGGERS = (
    ("account_closed", r"account|closed|closure|deleted"),
    ("last_use", r"last|inactiv|use"),
    ("contract_end", r"contract|agreement"),
    ("legal_event", r"law|legal|tax|year end"),
)
METHODS = (("anonymise", r"anonym"), ("aggregate", r"aggreg"), ("crypto_shred", r"key"), ("return", r"return"))
LONGEST_NAME = 80


def _first(known: Iterable[tuple[str, str]], text: str, otherwise: str) -> str:
    return next((key for key, words in known if re.search(words, text.casefold())), otherwise)


def category_of(word: str) -> str:
    """The category of data a word is about; `other` when nothing tells."""
    return _first(WORDS, word, "other")


def category_of_option(option: str) -> str:
    """The category of an option of Q15."""
    code = OPTIONS.get(option, option)
    return code if code in vocabulary.categories() else "other"


def names_in(text: str) -> list[str]:
    """The kinds of data a text lists: "name, e-mail and birth year" are three."""
    pieces = (" ".join(piece.split()) for piece in re.split(r"[,;/\n]| and | und ", text))
    return list(dict.fromkeys(piece[:LONGEST_NAME] for piece in pieces if piece.strip(" .")))


def items_said(*, organisation: Organisation, texts: Iterable[str], by: User, reason: str) -> list[DataItem]:
    """The data items a few texts name: those of that name or else made, in the category the word tells."""
    names = list(dict.fromkeys(name.casefold() for text in texts for name in names_in(text))) or ["data not named yet"]
    known = {row.name.casefold(): row for row in DataItem.objects.in_organisation(organisation)}
    return [
        known.get(name)
        or add_item(organisation=organisation, name=name, category=category_of(name), by=by, reason=reason)
        for name in names
    ]


def period_said(text: str) -> tuple[int, str] | None:
    """How long, as number and unit; weeks as days. None when the text names no length."""
    found = re.search(r"([0-9]{1,4})\s*(day|week|month|year|d\b|w\b|m\b|y\b)", text.casefold())
    if found is None:
        return None
    number, unit = int(found[1]), found[2][0]
    units = RetentionRule.Unit
    return {
        "d": (number, units.DAYS),
        "w": (number * 7, units.DAYS),
        "m": (number, units.MONTHS),
        "y": (number, units.YEARS),
    }[unit]


def trigger_said(text: str) -> str:
    return _first(TRIGGERS, text, RetentionRule.Trigger.COLLECTION)


def method_said(text: str) -> str:
    return _first(METHODS, text, RetentionRule.Method.DELETE)


def rows_of(parameters: dict[str, Any], *questions: str) -> list[dict[str, Any]]:
    """The rows of a proposal that come from these questions; all of them without a question."""
    rows = [row for row in parameters.get("rows", ()) if isinstance(row, dict)]
    return [row for row in rows if not questions or row.get("question") in questions]
