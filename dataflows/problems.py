"""What is wrong with a flow of personal data, asked on a day: pure questions over a complete flow.

The pages, the dashboards, the map and the preflight of a pack ask the same questions; a flow is complete when it comes
from `DataFlow.objects.complete()` or from `dataflows.past`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from compliance.ui.templatetags.ui import day
from dataflows import vocabulary
from dataflows.models import AssessmentState, Contract, DataFlow, Node, Party, Transfer

ART, SAFEGUARDS = "GDPR Art. 44", "GDPR Art. 46"
CONTRACT, TRANSFER, BASIS, PROTECTION, PLACE = "contract", "transfer", "basis", "protection", "place"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: its kind, two words for the map, a sentence, the article, whether it holds a pack back.

    `about` is the id of the party or the code of the country it is about, if it is about one.
    """

    kind: str
    mark: str
    text: str
    article: str
    blocks: bool = True
    about: str = ""

    @property
    def tone(self) -> str:
        return "bad" if self.blocks else "warn"


def problems(flow: DataFlow, on: date) -> list[Problem]:
    """Everything wrong with a flow on a day; nothing is wrong with one that has ended."""
    if flow.state == DataFlow.State.RETIRED:
        return []
    return [*_contracts(flow, on), *_transfers(flow, on), *_bases(flow), *_way(flow)]


def blocking(flow: DataFlow, on: date) -> list[Problem]:
    """The problems no pack may be issued with."""
    return [problem for problem in problems(flow, on) if problem.blocks]


def with_problems(flows: Iterable[DataFlow], on: date) -> list[tuple[DataFlow, list[Problem]]]:
    """The flows that have problems, each with them."""
    return [(flow, found) for flow in flows if (found := problems(flow, on))]


def _contracts(flow: DataFlow, on: date) -> Iterator[Problem]:
    for party in _parties(flow.nodes):
        if party.needs_contract and not party.has_contract(on):
            yield _uncontracted(party, on)
        elif party.needs_arrangement and not party.has_arrangement(on):
            text = f"{party.name} decides with us, but no arrangement is in force."
            yield Problem(CONTRACT, "no arrangement", text, "GDPR Art. 26(1)", blocks=False, about=str(party.pk))


def _uncontracted(party: Party, on: date) -> Problem:
    last = max((one.expires_date for one in party.contract_list if _is_over(one, on)), default=None)
    said = f"its contract ended on {day(last)}" if last else "no contract is signed"
    return Problem(
        CONTRACT,
        "contract ended" if last else "no contract",
        f"{party.name} processes the data, but {said}.",
        "GDPR Art. 28(3)",
        about=str(party.pk),
    )


def _is_over(contract: Contract, on: date) -> bool:
    ends = contract.expires_date
    return contract.is_of_processing and contract.signed_date is not None and ends is not None and ends < on


def _parties(nodes: Iterable[Node]) -> list[Party]:
    """The parties on the way, each once."""
    found = {node.party.pk: node.party for node in nodes if node.party}
    return list(found.values())


def _transfers(flow: DataFlow, on: date) -> Iterator[Problem]:
    recorded = {transfer.country: transfer for transfer in flow.transfer_rows}
    for code in flow.countries_outside_eea():
        transfer = recorded.get(code)
        if transfer is None or not transfer.mechanism:
            name = vocabulary.country_name(code)
            yield Problem(
                TRANSFER,
                "no mechanism",
                f"The data reaches {name} with no transfer mechanism.",
                "GDPR Art. 44",
                about=code,
            )
        else:
            yield from _mechanism(transfer, on)


def mechanism_problems(transfer: Transfer, on: date) -> list[Problem]:
    """What is wrong with one transfer on a day."""
    if not transfer.mechanism:
        text = f"The transfer to {transfer.destination} rests on no mechanism."
        return [Problem(TRANSFER, "no mechanism", text, ART, about=transfer.country)]
    return list(_mechanism(transfer, on))


def _mechanism(transfer: Transfer, on: date) -> Iterator[Problem]:
    for mark, text, article, blocks in (*_foundation(transfer, on), *_assessment(transfer, on)):
        yield Problem(TRANSFER, mark, text, article, blocks, about=transfer.country)


def _foundation(transfer: Transfer, on: date) -> Iterator[tuple[str, str, str, bool]]:
    """Whether the mechanism itself holds on a day."""
    kind, to = vocabulary.mechanisms()[transfer.mechanism].kind, transfer.destination
    if transfer.has_fallen(on):
        spare = f" {transfer.get_fallback_mechanism_display()} is named to take over." * bool(
            transfer.fallback_mechanism
        )
        yield (
            "mechanism fell",
            f"What the transfer to {to} rests on fell on {day(transfer.fell_date)}.{spare}",
            ART,
            True,
        )
    elif kind == "adequacy" and vocabulary.adequate(transfer.country, on) is None:
        yield "not adequate", f"No adequacy decision holds for {to} on {day(on)}.", "GDPR Art. 45", True
    elif transfer.needs_certificate and not (transfer.importer and transfer.importer.is_certified(on)):
        yield "not certified", _uncertified(transfer), "GDPR Art. 45", True
    elif transfer.is_systematic_derogation:
        text = f"The transfer to {to} happens again and again, but a derogation is not for systematic use."
        yield "derogation", text, "GDPR Art. 49", False
    elif kind == "uk":
        text = f"The transfer to {to} rests on the law of the United Kingdom, which covers exports from there only."
        yield "UK mechanism", text, ART, False


def _uncertified(transfer: Transfer) -> str:
    to, importer = transfer.destination, transfer.importer
    if importer is None:
        return f"The decision for {to} covers certified companies only, and nobody is named as importer."
    if importer.framework_until_date is None:
        return (
            f"The decision for {to} covers certified companies only, and no certification of {importer} is on record."
        )
    return f"The certification of {importer} ended on {day(importer.framework_until_date)}."


def _assessment(transfer: Transfer, on: date) -> Iterator[tuple[str, str, str, bool]]:
    """Whether a transfer that has to be assessed is, and what the assessment says."""
    made, to = transfer.assessment, transfer.destination
    if made and made.result == made.Result.NOT_ALLOWED:
        yield "not allowed", f"The assessment of the transfer to {to} says: not allowed.", SAFEGUARDS, True
    elif not transfer.needs_assessment or transfer.is_assessed(on):
        return
    elif made is None:
        yield "not assessed", f"The transfer to {to} has not been assessed.", SAFEGUARDS, True
    elif made.state != AssessmentState.IN_FORCE:
        yield (
            "not assessed",
            f"The assessment of the transfer to {to}, {made.reference}, is not in force.",
            SAFEGUARDS,
            True,
        )
    else:
        text = f"The assessment of the transfer to {to} ran out on {day(made.expires_date)}."
        yield "assessment over", text, SAFEGUARDS, True


def _bases(flow: DataFlow) -> Iterator[Problem]:
    if not flow.legal_basis:
        yield Problem(BASIS, "no legal basis", "There is no legal basis.", "GDPR Art. 6(1)")
    if flow.legal_basis == "legitimate_interests" and not flow.legitimate_interests:
        yield Problem(
            BASIS,
            "no balancing",
            "It rests on legitimate interests, but names neither interest nor balancing.",
            "GDPR Art. 6(1)(f)",
        )
    if flow.is_special and not flow.article9_condition:
        names = ", ".join(item.name for item in flow.data if item.is_special)
        yield Problem(
            BASIS, "no condition", f"It carries special categories ({names}) without a condition.", "GDPR Art. 9(2)"
        )


def _way(flow: DataFlow) -> Iterator[Problem]:
    if flow.leaves_device and flow.protection in ("", DataFlow.Protection.NONE):
        said = "is not protected on its way" if flow.protection else "has no protection stated"
        yield Problem(
            PROTECTION, "no protection", f"It leaves the device and {said}.", "GDPR Art. 32(1)(a)", blocks=False
        )
    lost = [node.name for node in flow.nodes if not node.on_device and not node.where]
    if lost:
        yield Problem(
            PLACE,
            "place unknown",
            f"Nobody has said in which country {', '.join(lost)} is.",
            "GDPR Art. 44",
            blocks=False,
        )
