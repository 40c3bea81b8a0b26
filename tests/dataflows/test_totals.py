"""What the database finds is what the rows in memory say, however the records look."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from compliance.ledger import change
from compliance.ledger.models import TrackedBase
from dataflows import services
from dataflows.letters import missing
from dataflows.models import (
    ActivityData,
    ActivityMeasure,
    ActivityParty,
    AssessmentState,
    Contract,
    DataFlow,
    FlowItem,
    FlowStop,
    Node,
    Party,
    ProcessingActivity,
    Transfer,
    TransferAssessment,
)
from dataflows.problems import BASIS, CONTRACT, PLACE, PROTECTION, TRANSFER, problems
from dataflows.totals import flawed, incomplete, lacking, with_flow_counts, with_lacks

KINDS = (BASIS, CONTRACT, PLACE, PROTECTION, TRANSFER)
ON = date(2026, 11, 22)
DAYS = [None, ON, ON - timedelta(days=1), ON + timedelta(days=1)]
PLACES = ["", "DE", "US", "GB", "IN", "XX"]
# What may become of each record; "" removes it.
TURNS: dict[type[TrackedBase], dict[str, list[Any]]] = {
    ProcessingActivity: {
        "role": ["controller", "processor"],
        "purposes": ["", " \n\t", "Coaching"],
        "security_measures": ["", " ", "Encryption"],
        "subject_categories": [[], ["users"], ["unheard_of"]],
        "state": ["draft", "retired", "active"],
    },
    DataFlow: {
        "state": ["active", "active", "retired"],
        "legal_basis": ["", "contract", "legitimate_interests"],
        "legitimate_interests": ["", "LIA-001"],
        "article9_condition": ["", "explicit_consent"],
        "protection": ["", "none", "tls13"],
    },
    Node: {"country": PLACES, "kind": ["app", "api", "person", "store"]},
    Party: {
        "country": PLACES,
        "role": list(Party.Role.values),
        "framework_until_date": DAYS,
    },
    Transfer: {
        "mechanism": ["", "adequacy_45", "adequacy_dpf_certified", "scc_m2_c2p", "explicit_consent", "uk_idta"],
        "country": ["US", "GB", "IN", "DE"],
        "repetitive": [True, False],
        "assessment": [None],
        "importer": [None],
        "fell_date": DAYS,
    },
    TransferAssessment: {
        "result": ["", "not_allowed", "no_obstacle"],
        "state": list(AssessmentState.values),
        "expires_date": DAYS,
    },
    Contract: {"kind": list(Contract.Kind.values), "signed_date": DAYS, "expires_date": DAYS},
    ActivityData: {"retention": ["", "30 days"], "": [None]},
    ActivityParty: {"": [None]},
    ActivityMeasure: {"": [None]},
    FlowItem: {"": [None]},
    FlowStop: {"": [None]},
}


@pytest.fixture
def records(lumaro, stridewell, propose, way, nimbus, adspire, email, heart_rate, mara, ed) -> None:
    """Three records with two flows each, all in order; a fourth has none."""
    with change(by="tests"):
        lumaro.address, lumaro.dpo_name = "Leipzig", "Dora"
        lumaro.save()
    services.add_contract(party=adspire, name="DPA", signed_date=ON, by=mara)
    made = services.draft_assessment(organisation=lumaro, title="US", country="US", by=mara)
    tracker = services.node_of_party(project=stridewell, party=adspire, by=mara)
    for number in range(4):
        record = services.draft_activity(
            organisation=lumaro,
            project=stridewell if number % 2 else None,
            name=f"Coaching {number}",
            purposes="Coaching",
            subject_categories=["users"],
            data={email: "30 days", heart_rate: "A year"},
            parties=[nimbus],
            security_measures="Encryption",
            by=mara,
        )
        for path in [way, [way[1], tracker]] if number else []:
            about = {"title": f"Flow {number}", "article9_condition": "explicit_consent", "items": [email, heart_rate]}
            flow = propose(activity=record, path=path, **about)
            services.record_transfer(
                flow=flow, country="US", mechanism="adequacy_45", importer=adspire, assessment=made, by=mara
            )


def turn(rng: Random) -> str:
    """Change something somewhere, the way only a program would."""
    model: Any = rng.choice(list(TURNS))
    row = rng.choice([*model.objects.order_by("pk")] or [None])
    field = rng.choice(list(TURNS[model]))
    if row is None:
        return ""
    with change(by="tests"):
        if not field:
            row.delete()
            return f"{model.__name__} is gone"
        setattr(row, field, rng.choice(TURNS[model][field]))
        row.save()
    return f"{row} has {field} {getattr(row, field)!r}"


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_the_database_and_the_rows_agree(records: None, seed: int) -> None:
    rng, told = Random(seed), []
    for _ in range(20):
        told.append(turn(rng))
        complete = ProcessingActivity.objects.present().complete()
        letters = {row.pk: (sorted(missing(row, row.organisation)), len(row.flow_rows)) for row in complete}
        listed = with_flow_counts(with_lacks(ProcessingActivity.objects.present()))
        assert {row.pk: (lacking(row), row.flow_count) for row in listed} == letters, told
        rows = {row for row in complete if letters[row.pk][0]}
        flows = {flow for flow in DataFlow.objects.complete() if problems(flow, ON)}
        assert set(incomplete(ProcessingActivity.objects.present())) == rows, told
        assert set(flawed(DataFlow.objects.present(), ON)) == flows, told
        for kind in KINDS:
            of_kind = {flow for flow in flows if kind in {one.kind for one in problems(flow, ON)}}
            assert set(flawed(DataFlow.objects.present(), ON, kind)) == of_kind, (kind, told)


@pytest.mark.parametrize(
    "particulars", [{"address": ""}, {"dpo_name": ""}, {"country": "US"}, {"country": "US", "eu_representative": "E"}]
)
def test_what_the_organisation_does_not_say_is_missing_from_every_record(records: None, lumaro, particulars) -> None:
    with change(by="tests"):
        for name, value in particulars.items():
            setattr(lumaro, name, value)
        lumaro.save()
    rows = {row for row in ProcessingActivity.objects.present().complete() if missing(row, row.organisation)}
    assert set(incomplete(ProcessingActivity.objects.present())) == rows
