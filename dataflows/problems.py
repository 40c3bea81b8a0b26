"""What is wrong with a flow of personal data, asked on a day: pure questions over a complete flow.

The pages, the dashboards, the map and the preflight of a pack ask the same questions; a flow is complete when it comes
from `DataFlow.objects.complete()` or from `dataflows.past`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from compliance.ui.templatetags.ui import day
from dataflows import vocabulary
from dataflows.models import DataFlow, Node, Party, Transfer

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
        if not party.needs_contract or party.has_contract(on):
            continue
        ended = party.contract_signed_date and party.contract_expires_date and party.contract_expires_date < on
        said = f"its contract ended on {day(party.contract_expires_date)}" if ended else "no contract is signed"
        yield Problem(
            CONTRACT,
            "contract ended" if ended else "no contract",
            f"{party.name} processes the data, but {said}.",
            "GDPR Art. 28(3)",
            about=str(party.pk),
        )


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


def _mechanism(transfer: Transfer, on: date) -> Iterator[Problem]:
    at = transfer.country
    kind, to = vocabulary.mechanisms()[transfer.mechanism].kind, transfer.destination
    if kind == "adequacy" and vocabulary.adequate(transfer.country, on) is None:
        yield Problem(
            TRANSFER, "not adequate", f"No adequacy decision holds for {to} on {day(on)}.", "GDPR Art. 45", about=at
        )
    if transfer.assessment_result == Transfer.Result.NOT_ALLOWED:
        yield Problem(
            TRANSFER,
            "not allowed",
            f"The assessment of the transfer to {to} says: not allowed.",
            "GDPR Art. 46",
            about=at,
        )
    elif transfer.needs_assessment and not transfer.assessment_result:
        yield Problem(
            TRANSFER, "not assessed", f"The transfer to {to} has not been assessed.", "GDPR Art. 46", about=at
        )
    elif transfer.assessment_result and not transfer.is_assessed(on):
        ended = day(transfer.assessment_expires_date)
        yield Problem(
            TRANSFER,
            "assessment over",
            f"The assessment of the transfer to {to} ran out on {ended}.",
            "GDPR Art. 46",
            about=at,
        )


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
