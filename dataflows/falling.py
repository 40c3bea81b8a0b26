"""What flows rest on, and which present flows would be left without it: asked before and after it falls."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from compliance.projects.models import Organisation
from dataflows import vocabulary
from dataflows.models import Contract, DataFlow, MechanismFall, Party, Transfer

Kind = MechanismFall.Kind


@dataclass(frozen=True)
class Basis:
    """Something that may fall: a decision for a country, a mechanism, a company's certification, a contract."""

    kind: str
    country: str = ""
    mechanism: str = ""
    party: Party | None = None
    contract: Contract | None = None

    def columns(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "country": self.country,
            "mechanism": self.mechanism,
            "party": self.party or (self.contract.party if self.contract else None),
            "contract": self.contract,
        }

    @property
    def title(self) -> str:
        return MechanismFall(**self.columns()).what

    @property
    def key(self) -> str:
        """How an address names it."""
        if self.contract:
            return f"{self.kind}:{self.contract.reference}"
        if self.party:
            return f"{self.kind}:{self.party.reference}"
        return f"{self.kind}:{self.mechanism}:{self.country}" if self.mechanism else f"{self.kind}:{self.country}"


def basis_of(organisation: Organisation, key: str) -> Basis | None:
    """What an address names, if there is such a thing in the organisation."""
    kind, _, rest = key.partition(":")
    if kind == Kind.ADEQUACY and rest in vocabulary.countries():
        return Basis(kind, country=rest)
    if kind == Kind.MECHANISM:
        mechanism, _, country = rest.partition(":")
        known = mechanism in vocabulary.mechanisms() and (not country or country in vocabulary.countries())
        return Basis(kind, country=country, mechanism=mechanism) if known else None
    if kind == Kind.CERTIFICATE:
        party = Party.objects.in_organisation(organisation).filter(reference=rest).first()
        return Basis(kind, party=party) if party else None
    if kind == Kind.CONTRACT:
        rows = Contract.objects.in_organisation(organisation).select_related("party__organisation")
        contract = rows.filter(reference=rest).first()
        return Basis(kind, contract=contract) if contract else None
    return None


def affected(organisation: Organisation, basis: Basis, projects: Any = None) -> list[tuple[DataFlow, list[Transfer]]]:
    """The present flows that rest on it with those of their transfers that do; only of some projects when given."""
    flows = DataFlow.objects.in_organisation(organisation).present()
    if projects is not None:
        flows = flows.filter(project__in=projects)
    if basis.contract:
        rows = flows.reaching(basis.contract.party).complete()
        return [(flow, [one for one in flow.transfer_rows if _clauses(one, basis)]) for flow in rows]
    rows = flows.filter(transfers__in=_transfers(basis)).distinct().complete()
    return [(flow, [one for one in flow.transfer_rows if rests_on(one, basis)]) for flow in rows]


def rests_on(transfer: Transfer, basis: Basis) -> bool:
    """Whether a transfer rests on it; the same as `_transfers` asks of the database."""
    if basis.kind == Kind.ADEQUACY:
        return transfer.country == basis.country and transfer.mechanism in _by_adequacy()
    if basis.kind == Kind.CERTIFICATE:
        is_its = basis.party is not None and transfer.importer_id == basis.party.pk
        return is_its and transfer.mechanism in _by_adequacy()
    return transfer.mechanism == basis.mechanism and basis.country in ("", transfer.country)


def _clauses(transfer: Transfer, basis: Basis) -> bool:
    """Whether signed clauses with the party go with the contract."""
    contract = basis.contract
    is_clauses = contract is not None and contract.kind == Contract.Kind.CLAUSES
    return bool(
        is_clauses and contract and transfer.importer_id == contract.party_id and transfer.mechanism.startswith("scc")
    )


def _transfers(basis: Basis) -> Any:
    rows = Transfer.objects.all()
    if basis.kind == Kind.ADEQUACY:
        return rows.filter(country=basis.country, mechanism__in=_by_adequacy())
    if basis.kind == Kind.CERTIFICATE:
        return rows.filter(importer=basis.party, mechanism__in=_by_adequacy())
    rows = rows.filter(mechanism=basis.mechanism)
    return rows.filter(country=basis.country) if basis.country else rows


def _by_adequacy() -> list[str]:
    return [one.code for one in vocabulary.mechanisms().values() if one.kind == "adequacy"]


def what_may_fall(transfers: Iterable[Transfer], contracts: Iterable[Contract]) -> list[Basis]:
    """Everything present transfers and contracts rest on, each once."""
    found: dict[str, Basis] = {}
    for transfer in transfers:
        known = vocabulary.mechanisms().get(transfer.mechanism)
        if known is None:
            continue
        bases = [Basis(Kind.MECHANISM, mechanism=transfer.mechanism)]
        if known.kind == "adequacy":
            bases = [Basis(Kind.ADEQUACY, country=transfer.country)]
            if transfer.importer and transfer.needs_certificate:
                bases.append(Basis(Kind.CERTIFICATE, party=transfer.importer))
        for one in bases:
            found.setdefault(one.key, one)
    for contract in contracts:
        found.setdefault(f"{Kind.CONTRACT}:{contract.reference}", Basis(Kind.CONTRACT, contract=contract))
    return list(found.values())
