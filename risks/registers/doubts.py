"""What speaks against a line of an operational register, as sentences for the person who can mend it."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from compliance.registers.models.row import plain

LIMITS = Path(__file__).parents[1] / "data" / "doubts.yaml"


@cache
def _limits() -> dict[str, Any]:
    return yaml.safe_load(LIMITS.read_text(encoding="utf-8"))


def _says(text: str, word: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text, re.IGNORECASE) is not None


def of_cryptography(row: Any) -> list[str]:
    """Weak algorithms and short keys; what is prohibited and still in use."""
    said = " ".join((row.value("algorithm"), row.value("mode")))
    limits = _limits()
    found = [f"{word} is weak: {why}." for word, why in limits["algorithms"].items() if _says(said, word)]
    if (bits := row.value("bits")) is not None:
        found += [
            f"A {word} key of {plain(bits):f} bits is short; use {least} or more."
            for word, least in limits["bits"].items()
            if _says(said, word) and bits < least
        ]
    if row.value("status") == "prohibited":
        found.append("It is prohibited and still recorded as in use: replace it, then retire this line.")
    if found and row.value("status") == "approved":
        found.append("It stands as approved: say what makes it acceptable, or change its status.")
    return found


def of_endpoint(row: Any) -> list[str]:
    """Old or no TLS, certificates nobody checks, pins without a spare, cleartext without an end."""
    found = []
    if row.value("tls") == "none" and not row.value("cleartext_until"):
        found.append("It is reached without TLS, and nothing says until when.")
    elif row.value("tls") not in (*_limits()["tls"], "none", ""):
        found.append("TLS older than 1.2 is accepted (RFC 8996).")
    if row.value("checks") == "no":
        found.append("Host name or certificate is not checked: anybody on the way can read along.")
    if row.value("pinned") == "yes" and not row.value("pin_expires"):
        found.append("It is pinned and nobody wrote down until when the pins hold.")
    if row.value("pinned") == "yes" and row.value("spare_pin") != "yes":
        found.append("There is no spare pin: when the key is lost, the app is locked out.")
    return found


def of_leak_channel(row: Any) -> list[str]:
    """Untested channels and leaks that are allowed without a reason."""
    protection, reason = row.value("protection"), row.value("reason")
    if protection == "untested":
        return ["Nobody has tested this channel."]
    if protection == "allowed_justified" and not reason:
        return ["It is allowed, and the reason is missing."]
    return ["It counts as closed, and no test shows it."] if not row.value("tested") else []


def of_share(part: str, whole: str, short: str) -> Any:
    """A judge of lines in which `part` of `whole` has something; `short` is told of the rest, with its number."""

    def judge(row: Any) -> list[str]:
        some, everything = row.value(part), row.value(whole)
        if some is None or everything is None:
            return []
        if some > everything:
            return [f"{plain(some):f} of {plain(everything):f} cannot be: mend one of the numbers."]
        return [short.format(f"{plain(everything - some):f}")] if some < everything else []

    return judge


def of_detection(row: Any) -> list[str]:
    """Alarms that were missed or never tried."""
    if row.value("result") == "detected" and row.value("tested"):
        return []
    return ["The last test went unnoticed." if row.value("result") == "missed" else "It has never been tried out."]


def of_payment_data(row: Any) -> list[str]:
    """Card numbers and codes where they put us into the scope of PCI DSS; codes that may never be stored."""
    element, touches = row.value("element"), row.value("touches")
    if element == "cvv" and touches in ("app_storage", "our_backend", "logs"):
        return ["Card codes may not be stored after authorisation, encrypted or not (PCI DSS 3.3)."]
    if element == "pan" and touches not in ("ui_only", "never"):
        return ["Card numbers pass through us: the whole of PCI DSS applies unless the gateway's component takes them."]
    return []


def of_gateway(row: Any) -> list[str]:
    """Due diligence without its proof."""
    found = []
    if not row.value("aoc_until"):
        found.append("No attestation of compliance is on record (PCI DSS 12.8.4).")
    if row.value("matrix") != "yes":
        found.append("Who meets which requirement is not agreed in writing (PCI DSS 12.8.5).")
    return found


def of_sca(row: Any) -> list[str]:
    """Strong customer authentication that is not: one element twice, no link to amount and payee, no exemption."""
    first, second, exemption = row.value("first"), row.value("second"), row.value("exemption")
    found = []
    if exemption in ("", "none"):
        if first == second:
            found.append("Both elements are of one kind: two of knowledge, possession and inherence are asked for.")
        if row.value("linked") != "yes":
            found.append("The code is not bound to amount and payee (dynamic linking, RTS Art. 5).")
    return found


def of_environment(row: Any) -> list[str]:
    """Real people's data outside production."""
    if row.value("kind") != "prod" and row.value("real_data") == "yes_approved" and not row.value("why"):
        return ["It holds real personal data outside production, and the approval is not named."]
    return []
