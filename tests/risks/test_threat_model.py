"""Threat models: what is proposed, who approves, what a version changes, the diagram, Threat Dragon out and in."""

import json
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise, product
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.artefacts.formats import Unreadable
from compliance.exchange import services as exchange
from compliance.ledger import Refused, change
from compliance.packs.registry import Period, checks, sections
from compliance.projects.models import Project
from compliance.projects.services import plan_release
from controls.models import Implementation
from risks import threat_dragon
from risks.models import Reassessment, Risk, Threat, ThreatElement, ThreatModel
from risks.models.threat_model import THREAT_MODEL_MOVES, ThreatModelState
from risks.scales import threats as library
from risks.services.threat_exchange import as_dragon, bring_in_model
from risks.services.threat_model import (
    answer_surface,
    decide_threat_model,
    draft_threat_model,
    next_version,
    risk_from_threat,
    save_element,
    save_threat,
    submit_threat_model,
)
from risks.services.trigger import evaluate
from risks.sheets.threat_model import ThreatModelSheet
from risks.threat_diagram import Part, Way, draw
from risks.threat_dragon import Cell, Found, Model
from risks.threat_reading import coverage, differences
from risks.threat_vocabulary import categories, proposed, surfaces
from risks.views.threat_model import parts_of
from tests.artefacts.mutating import mutated
from tests.queries import assert_steady
from tests.stage import staged

LIST = "/projects/stridewell/threat-models/"
SignIn = Callable[[User], Client]


@staged
def model(stridewell: Project, ed: User) -> ThreatModel:
    """User and app inside the device, an API behind the network, one flow, one mitigated threat."""
    made = draft_threat_model(project=stridewell, by=ed, title="App and API", method="both")
    device = save_element(model=made, by=ed, shape="boundary", name="Device")
    user = save_element(model=made, by=ed, kind="user", name="Runner")
    app = save_element(model=made, by=ed, kind="app", name="Stridewell app", inside=device, personal_data=True)
    api = save_element(model=made, by=ed, kind="backend", name="Coaching API")
    save_element(model=made, by=ed, shape="flow", name="Taps", source=user, target=app)
    save_element(model=made, by=ed, shape="flow", name="Workouts", source=app, target=api, both_ways=True)
    save_threat(
        model=made, by=ed, element=app, category="spoofing", library="T01", status="mitigated", mitigation="Passkeys"
    )
    return made


def put(row: ThreatModel, state: str, by: User) -> ThreatModel:
    with change(by=by):
        row.state = state
        row.save()
    return row


def test_the_library_is_whole_and_tagged() -> None:
    assert list(library()) == [f"T{n:02d}" for n in range(1, 37)]
    assert {one for threat in library().values() for one in threat["categories"]} <= set(categories())
    assert [one["id"] for one in library().values() if not one["mobile_top_10"] or not one["annex_a"]] == []


@pytest.mark.parametrize(
    ("shape", "personal", "how", "expected"),
    [
        ("actor", False, "both", "SR"),
        ("process", False, "stride", "STRIDE"),
        ("store", True, "stride", "TRID"),
        ("flow", False, "both", "TID"),
        ("flow", False, "linddun", ""),
        ("boundary", True, "both", ""),
    ],
)
def test_categories_are_proposed_by_shape(shape: str, personal: bool, how: str, expected: str) -> None:
    assert "".join(categories()[one][0] for one in proposed(shape, personal, how)) == expected


def test_personal_data_proposes_all_of_linddun_and_coverage_shows_gaps(model: ThreatModel) -> None:
    rows = {row.element.name: row for row in coverage(model, *parts_of(model))}
    assert (len(rows["Stridewell app"].cells), rows["Stridewell app"].gaps, rows["Runner"].gaps) == (14, 13, 2)


@pytest.mark.parametrize(("start", "to"), list(product(ThreatModelState.values, ("in_review", "approved", "draft"))))
def test_every_step_is_taken_or_refused_in_words(start: str, to: str, model: ThreatModel, ed: User, ria: User) -> None:
    put(model, start, ed)
    acts = {
        "in_review": lambda: submit_threat_model(model=model, by=ed),
        "approved": lambda: decide_threat_model(model=model, approve=True, by=ria, reason="Read"),
        "draft": lambda: decide_threat_model(model=model, approve=False, by=ria, reason="Read"),
    }
    if to in THREAT_MODEL_MOVES[start]:
        assert acts[to]().state == to
    else:
        with pytest.raises(Refused, match=r"^TM-001 is .*: it cannot become .* from there\.$"):
            acts[to]()


def test_what_stands_open_names_its_risk_and_the_author_does_not_approve(
    model: ThreatModel, ed: User, ria: User, stridewell: Project
) -> None:
    app = model.elements.get(name="Stridewell app")
    with pytest.raises(Refused, match="what stands against it"):
        save_threat(model=model, by=ed, element=app, category="tampering", title="Hooked", status="mitigated")
    threat = save_threat(model=model, by=ed, element=app, category="tampering", library="T15", preconditions="root")
    with pytest.raises(Refused, match="TH-002 do not yet"):
        submit_threat_model(model=model, by=ed)
    risk = risk_from_threat(threat=threat, by=ed)
    assert (risk.project, risk.threat, risk.weakness, risk.integrity, risk.state) == (
        stridewell,
        "T15",
        "root",
        True,
        "identified",
    )
    submit_threat_model(model=model, by=ed)
    with pytest.raises(Refused, match="begin its next version"):
        save_threat(model=model, threat=threat, by=ed, status="accepted")
    with pytest.raises(NotYours):
        decide_threat_model(model=model, approve=True, by=ed, reason="Mine")
    decide_threat_model(model=model, approve=True, by=ria, reason="Walked through it")
    assert (model.state, model.approved_by, len(model.snapshot_sha256), bool(model.review_date)) == (
        "approved",
        ria,
        64,
        True,
    )


def test_a_next_version_copies_everything_and_tells_what_changed(
    model: ThreatModel, ed: User, ria: User, scrubber: Implementation
) -> None:
    threat = model.threats.get()
    save_threat(model=model, threat=threat, by=ed, controls=[scrubber])
    submit_threat_model(model=model, by=ed)
    decide_threat_model(model=model, approve=True, by=ria, reason="Read")
    later = next_version(model=model, by=ed)
    assert (later.number, differences(parts_of(model), parts_of(later))) == (2, [])
    assert later.threats.get().controls.get().implementation == scrubber
    save_element(model=later, by=ed, kind="webview", name="Help pages")
    save_threat(model=later, threat=later.threats.get(), by=ed, mitigation="Passkeys and rate limits")

    told = [(one.what, one.name, one.became) for one in differences(parts_of(model), parts_of(later))]
    assert told == [("element", "Help pages", "added"), ("threat", library()["T01"]["name"], "changed")]
    submit_threat_model(model=later, by=ed)
    decide_threat_model(model=later, approve=True, by=ria, reason="Read")
    model.refresh_from_db()
    assert model.state == "superseded"


def test_surfaces_are_answered(model: ThreatModel, ed: User) -> None:
    answer_surface(model=model, answers={"login": {"present": "yes", "tested": ""}, "qr": {"present": ""}}, by=ed)
    assert (model.surface, len(surfaces())) == ({"login": {"present": "yes", "tested": ""}}, 28)
    for bad in ({"nowhere": {"present": "yes"}}, {"login": {"present": "perhaps"}}):
        with pytest.raises(Refused):
            answer_surface(model=model, answers=bad, by=ed)


@pytest.mark.once
def test_the_diagram_is_whole_numbers_and_frames_hold_their_own_only() -> None:
    parts = [Part("u", "Runner", "actor"), Part("a", "The app", "process", "d", 2), Part("s", "Store", "store", "d", 2)]
    parts += [Part("p", "API", "process", "c", 4), Part("b", "Database", "store", "c", 5)]
    ways = [Way("1", "u", "a", "Taps"), Way("2", "a", "s", "Saves"), Way("3", "a", "p", "Workouts", both=True)]
    ways += [
        Way("4", "p", "b", "Rows"),
        Way("5", "b", "u", "Mail"),
        Way("6", "p", "p", "Itself"),
        Way("7", "x", "a", "-"),
    ]
    drawn = draw(parts, ways, [("d", "Device"), ("c", "Cloud"), ("e", "Empty")], id="x", title="X")
    assert draw(parts, ways, [("d", "Device"), ("c", "Cloud")], id="x", title="X").boxes == drawn.boxes
    assert [frame.name for frame in drawn.frames] == ["Device", "Cloud"]
    assert len(drawn.lines) == 6
    for frame in drawn.frames:
        held = {one.part.key for one in drawn.boxes if frame.x <= one.x < frame.x + frame.width}
        assert held == {one.part.key for one in drawn.boxes if one.part.inside == frame.key}
    assert all(isinstance(value, int) for one in drawn.boxes for value in (one.x, one.y, one.width, one.height))
    tops = sorted((one.x, one.y, one.y + one.height) for one in drawn.boxes)
    assert all(a[0] != b[0] or a[2] < b[1] for a, b in pairwise(tops))


DRAGON = Model(
    title="Our app",
    description="App and API",
    participants="Ed, Ria",
    method="both",
    cells=(
        Cell("b1", "boundary", "Device", box=(10, 10, 300, 300)),
        Cell(
            "a1",
            "process",
            "App",
            "Runs on the phone",
            inside="b1",
            box=(40, 60, 120, 60),
            threats=(
                Found("t1", "Repackaged", "tampering", "mitigated", "High", "Cloned.", "Attestation"),
                Found("t2", "Linked", "linking"),
            ),
        ),
        Cell("c1", "actor", "Runner", out_of_scope=True, out_because="A person", box=(400, 60, 120, 60)),
        Cell("f1", "flow", "Taps", source="c1", target="a1", both_ways=True, protocol="Touch", encrypted=True),
    ),
)


@pytest.mark.once
def test_threat_dragon_is_written_so_that_it_reads_back_the_same() -> None:
    written = threat_dragon.write(DRAGON)
    assert threat_dragon.read(written) == DRAGON
    assert threat_dragon.write(threat_dragon.read(written)) == written


@pytest.mark.once
def test_version_one_is_read_and_a_thousand_mutated_files_give_a_message_or_a_model() -> None:
    old = {
        "summary": {"title": "Old", "owner": "Ed"},
        "detail": {
            "reviewer": "Ria",
            "diagrams": [
                {
                    "diagramType": "STRIDE",
                    "diagramJson": {
                        "cells": [
                            {"type": "tm.Actor", "id": "1", "attrs": {"text": {"text": "Browser"}}},
                            {
                                "type": "tm.Store",
                                "id": "2",
                                "attrs": {"text": {"text": "Files"}},
                                "threats": [
                                    {
                                        "title": "Read",
                                        "type": "Information disclosure",
                                        "status": "Open",
                                        "severity": "High",
                                    }
                                ],
                            },
                            {
                                "type": "tm.Flow",
                                "id": "3",
                                "source": {"id": "1"},
                                "target": {"id": "2"},
                                "labels": [{"attrs": {"text": {"text": "Gets"}}}],
                            },
                            {"type": "tm.Boundary", "id": "4", "source": {"x": 1}, "target": {"x": 2}},
                        ]
                    },
                }
            ],
        },
    }
    read = threat_dragon.read(json.dumps(old).encode())
    assert [(one.shape, one.name) for one in read.cells] == [
        ("actor", "Browser"),
        ("store", "Files"),
        ("flow", "Gets"),
        ("boundary", "Trust boundary"),
    ]
    documents = (old, json.loads(threat_dragon.write(DRAGON)))
    said = [outcome(data) for document in documents for data in mutated(document, 1000, seed=7)]
    assert [one for one in said if one and not one.endswith(".")] == []


def told(model: Model) -> list[Any]:
    """What a model says, wherever its boxes stand."""
    return sorted((c.key, c.name, c.inside, c.source, c.target, c.protocol, c.threats) for c in model.cells)


def outcome(data: bytes) -> str:
    try:
        threat_dragon.read(data)
    except Unreadable as refused:
        return str(refused)
    return ""


def test_a_model_comes_in_with_a_preview_goes_out_the_same_and_goes_on_as_a_version(
    stridewell: Project, ed: User, ria: User, sign_in: SignIn
) -> None:
    def handed_in(data: bytes, into: str = "") -> Any:
        stream = BytesIO(data)
        item = exchange.receive(
            sheet=ThreatModelSheet, scope=stridewell, stream=stream, name="m.json", by=ed, asked={"into": into}
        )
        return exchange.preview(item)

    item = handed_in(threat_dragon.write(DRAGON))
    assert (item.state, item.added, ThreatModel.objects.count()) == ("read", 6, 0)
    exchange.apply_import(item=item, by=ed, reason="Drawn in the workshop")
    made = ThreatModel.objects.get()
    assert [(one.title, one.status) for one in made.threats.order_by("title")] == [
        ("Linked", "open"),
        ("Repackaged", "mitigated"),
    ]
    out = sign_in(ed).get(f"{LIST}{made.reference}/threat-dragon/").content
    again = threat_dragon.read(out)
    assert told(again) == told(DRAGON)
    for threat in made.threats.filter(status="open"):
        risk_from_threat(threat=threat, by=ed)
    submit_threat_model(model=made, by=ed)
    decide_threat_model(model=made, approve=True, by=ria, reason="Read")
    changed = out.replace(b'"Taps"', b'"Touches"')
    exchange.apply_import(item=handed_in(changed, str(made.pk)), by=ed, reason="After the workshop")
    later = ThreatModel.objects.get(number=2)
    assert [one.name for one in differences(parts_of(made), parts_of(later))] == ["Touches"]
    assert handed_in(b'{"a": 1}').note.startswith("This is no Threat Dragon model")


def test_pages_open_for_readers_and_change_for_editors(
    model: ThreatModel, ed: User, ada: User, otto: User, risk: Risk, sign_in: SignIn
) -> None:
    one, reader, client = f"{LIST}TM-001/", sign_in(ada), sign_in(ed)
    threat, app = model.threats.get(), model.elements.get(name="Stridewell app")
    for path in ("", "compare/", f"threats/{threat.reference}/", "threat-dragon/"):
        assert (reader.get(one + path).status_code, sign_in(otto).get(one + path).status_code) == (200, 404)
    assert reader.post(f"{one}threats/add/").status_code == 403
    page = client.get(one).content.decode()
    assert page.count("<svg") == 1
    for path in ("edit/", "surface/", "assume/", "submit/", f"elements/{app.reference}/", "elements/add/?add=flow"):
        assert client.get(one + path).status_code == 200
    assert client.get(f"{one}elements/{app.reference}/proposals/").status_code == 200
    form = {"element": app.pk, "category": "repudiation", "likelihood": "low", "impact": "high", "status": "open"}
    assert client.post(f"{one}threats/add/", form).status_code == 422
    assert client.post(f"{one}threats/add/", {**form, "library": "T30"}).status_code == 302
    added = Threat.objects.get(library="T30")
    assert client.post(f"{one}threats/{added.reference}/link/", {"risk": risk.pk}).status_code == 302
    flow = {"name": "Loop", "source": app.pk, "target": app.pk}
    assert client.post(f"{one}elements/add/?add=flow", flow).status_code == 302
    assert client.post(f"{one}surface/", {"login_present": "yes"}).status_code == 302
    assert ThreatElement.objects.filter(shape="flow").count() == 3
    assert client.post(f"{one}submit/", {}).status_code == 302


def test_the_lists_ask_the_same_queries_for_one_row_and_for_three(
    stridewell: Project, ed: User, sign_in: SignIn
) -> None:
    def add(n: int) -> None:
        made = draft_threat_model(project=stridewell, by=ed, title=f"Model {n}")
        app = save_element(model=made, by=ed, kind="app", name="App")
        save_threat(model=made, by=ed, element=app, category="spoofing", title="Fake")

    client = sign_in(ed)
    assert_steady(client, LIST, add)
    assert_steady(client, f"{LIST}threats/?show=undetected", add)


def test_values_of_a_file_become_rows_and_rows_values(stridewell: Project, ed: User) -> None:
    made = bring_in_model(project=stridewell, model=DRAGON, by=ed, reason="Workshop")
    assert [cell.key for cell in as_dragon(made, *parts_of(made)).cells if cell.shape == "flow"] == ["f1"]


def test_packs_print_the_diagram_with_its_table_and_checks_tell_what_names_no_risk(
    model: ThreatModel, stridewell: Project, ed: User, ria: User
) -> None:
    submit_threat_model(model=model, by=ed)
    decide_threat_model(model=model, approve=True, by=ria, reason="Read")
    today = timezone.now()
    period = Period(today.date(), today.date())
    section = sections["threat_models"]
    printed = section.source(stridewell, today, period)
    assert [(one["reference"], len(one["elements"]), len(one["threats"])) for one in printed["models"]] == [
        ("TM-001", 5, 1)
    ]
    text = render_to_string(section.template, {**printed})
    assert (text.count("<svg"), text.count("<rect"), "Coaching API" in text) == (1, 4, True)
    assert checks["PF41"].source(stridewell, today, period) == []
    with change(by=ed):
        threat = model.threats.get()
        threat.status = "accepted"
        threat.save()
    (found,) = checks["PF41"].source(stridewell, timezone.now(), period)
    assert found.text == "TH-001 of TM-001 is accepted and names no risk."


def test_a_major_release_asks_for_the_model_again(model: ThreatModel, stridewell: Project, ed: User, ria: User) -> None:
    submit_threat_model(model=model, by=ed)
    decide_threat_model(model=model, approve=True, by=ria, reason="Read")
    plan_release(project=stridewell, name="6.0.0", by=ed, change_class="major")
    evaluate(stridewell.organisation, events={"release_major"})
    asked = "Release 6.0.0 of Stridewell is a major one: does TM-001 still hold?"
    assert [one.reason for one in Reassessment.objects.about(model)] == [asked]
