"""Every kind has its fixed outline; a place without content stays, with the reason; a check nobody answers says so."""

import ast
from pathlib import Path

import pytest
from django.utils import timezone

from compliance.ledger.keys import make_signing_key
from compliance.packs import outline, registry
from compliance.packs.gathering import gather
from compliance.packs.layout import Part, joined
from compliance.packs.outline import OUTLINE, planned
from compliance.packs.preflight import QUESTIONS, assess, findings_of
from compliance.packs.profiles import PROFILES
from compliance.packs.registry import Finding, Section
from compliance.packs.types import PACK_TYPES
from compliance.registry import Registry
from tests.packs.conftest import PERIOD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sealer() -> None:
    make_signing_key()  # on PostgreSQL the sealer makes it


def gathered(scope, type="project_app", profile="internal"):
    return gather(scope=scope, type=type, at=timezone.now(), period=PERIOD, profile=profile)


def test_kinds_are_made_of_known_places_and_known_readers():
    for kind in PACK_TYPES.values():
        assert [number for number in kind.slots if number not in OUTLINE] == []
        assert kind.slots == tuple(sorted(set(kind.slots)))
        assert kind.profiles <= set(PROFILES)
    assert sorted(QUESTIONS) == [
        *(f"PF{number:02}" for number in range(1, 26)),
        *(f"PF{at}" for at in (28, 29, 40, 41, 42)),
    ]


def test_every_place_of_the_project_file_has_something_to_say(stridewell):
    own = [Section(f"own-{number}", "Own", number * 10, "", lambda *_: {}) for number in (0, 1, 21, 22, 24)]
    found = planned(PACK_TYPES["project_app"], [*gathered(stridewell).parts, *((one, {}) for one in own)])
    assert sorted({int(part.number.partition(".")[0]) for part in found}) == list(range(25))


def test_numbers_do_not_move_with_what_there_is_to_say(stridewell):
    section = Section("register", "Register", 70, "", lambda *_: {})
    kind = PACK_TYPES["isms_27001"]
    alone = planned(kind, [(section, {})])
    more = planned(kind, [*gathered(stridewell, "isms_27001").parts])
    assert [part.number for part in alone] == ["7"]
    assert {part.number.partition(".")[0] for part in more if part.slot == "Risk"} == {"7"}


def test_what_is_short_goes_on_below_what_stands_before_it():
    def part(key, slot, body, *, wide=True):
        return Part(Section(key, key, 0, "", lambda *_: {}, wide=wide), {}, "1", slot, [body])

    table, sentence, long = "<table></table>", "<p>None.</p>", "<table></table>" * 500
    parts = [
        *(part("keys", "File", table), part("stores", "File", table), part("scores", "File", long)),
        *(part("risks", "Risk", table), part("notes", "Risk", table, wide=False), part("breaches", "Law", sentence)),
        *(part("since", "Ends", sentence), part("history", "Ends", sentence), part("packs", "Ends", sentence)),
    ]
    assert [[one.section.key for one in (first, *first.joined)] for first in joined(parts)] == [
        ["keys", "stores"],
        ["scores"],
        ["risks"],
        ["notes", "breaches", "since"],
        ["history"],  # its entries come behind it
        ["packs"],
    ]


def test_a_room_that_is_not_built_prints_its_reason_and_vanishes_when_it_is(stridewell, monkeypatch):
    awaited = {item.key for slot in OUTLINE.values() for item in slot.awaits}
    assert awaited <= set(registry.sections.keys())
    built = Registry("pack section")
    for item in registry.sections:
        if item.key != "requirements":
            built.add(item.key, item, order=item.order)
    monkeypatch.setattr(registry, "sections", built)
    monkeypatch.setattr(outline, "sections", built)
    reason = "Not yet part of Assay: requirements traced to tests, with MASVS verdicts."
    assert {one.key: context for one, context in gathered(stridewell).parts}["requirements"] == {"reason": reason}
    registry.section("requirements", "Requirements", 103, "packs/print/missing.html")(lambda *_: {"rows": []})
    assert {one.key: context for one, context in gathered(stridewell).parts}["requirements"] == {"rows": []}


def test_a_check_nobody_answers_is_not_assessed(stridewell, monkeypatch):
    monkeypatch.setattr(registry, "checks", Registry("preflight check"))
    found = {one.check: (one.result, one.comment) for one in assess(stridewell, timezone.now(), PERIOD)}
    assert sorted(found) == sorted(QUESTIONS)
    assert found["PF20"][0] == "not_assessed"
    assert found["PF25"] == ("not_applicable", "This copy names people on purpose")


@pytest.mark.parametrize(
    ("type", "level", "result"), [("isms_27001", "warn", "limited"), ("ropa_only", "block", "failed")]
)
def test_what_only_privacy_packs_stop_for_is_a_warning_elsewhere(stridewell, monkeypatch, type, level, result):
    asked = Registry("preflight check")
    monkeypatch.setattr(registry, "checks", asked)
    registry.check("PF17", "block")(lambda *_: [Finding("PF17", "block", "PA-001 has no contract.", "/parties/")])
    results = {one.check: one for one in assess(stridewell, timezone.now(), PERIOD, type=type)}
    (finding,) = findings_of(results.values())
    assert (results["PF17"].result, finding.level, finding.mend) == (
        result,
        level,
        "Record contract, mechanism or assessment.",
    )


def test_placeholder_text_is_told(stridewell, mara):
    from compliance.ledger import change

    with change(by=mara):
        stridewell.summary = "TODO: describe"
        stridewell.save()
    found = {one.check: one for one in gathered(stridewell).results}["PF24"]
    assert [one.text for one in found.findings] == ["Scope holds placeholder text: TODO."]


def test_the_answer_of_a_live_check_is_no_part_of_the_content(stridewell):
    at = timezone.now()
    make = lambda: gather(scope=stridewell, type="soa_only", at=at, period=PERIOD, profile="internal")  # noqa: E731
    said = make()
    assert {item["check"] for item in said._preflight()} == set(QUESTIONS) - {"PF08", "PF23"}
    assert make().hash == said.hash


def test_the_mandatory_documents_tell_missing_from_not_built(stridewell):
    rows = next(context for section, context in gathered(stridewell).parts if section.key == "documents")["rows"]
    assert {row["clause"]: row["status"] for row in rows}["ISO/IEC 27001 6.3"] == "awaited"
    assert {row["clause"]: row["status"] for row in rows}["ISO/IEC 27001 6.1.2"] == "missing"


def test_a_pack_is_asked_only_about_what_it_holds(stridewell):
    def asked(type, profile):
        results = assess(stridewell, timezone.now(), PERIOD, type=type, profile=profile)
        return {one.check for one in results if one.result != "not_applicable"}

    assert asked("project_app", "internal") == set(QUESTIONS) - {"PF25"}
    assert asked("ropa_only", "internal") == {"PF01", "PF07", "PF16", "PF17", "PF18", "PF23", "PF24"}
    assert asked("gdpr_accountability", "authority") == {
        *("PF01", "PF07", "PF16", "PF17", "PF18", "PF19", "PF20", "PF21", "PF23", "PF24"),
    }


def test_every_finding_leads_to_where_it_is_mended():
    root = Path(__file__).resolve().parents[2]
    rooms = [
        path for app in ("compliance", "controls", "dataflows", "risks") for path in (root / app).rglob("preflight.py")
    ]
    bare = [
        f"{path.relative_to(root)}:{call.lineno}"
        for path in [*rooms, root / "compliance/packs/gathering.py"]
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Finding" and len(call.args) < 4
    ]
    assert (len(rooms) > 5, bare) == (True, [])
