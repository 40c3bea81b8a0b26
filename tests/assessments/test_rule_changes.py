"""Rules as an organisation has them: changed by choosing, looked at before, approved by somebody else."""

import json
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.assessments.conditions import NotACondition, read_condition, written
from compliance.assessments.models import RULE_MOVES, Assessment, RuleChange, RuleState
from compliance.assessments.questionnaire import Rule, questionnaire
from compliance.assessments.rule_words import condition_choices, condition_of, rule_text, told_condition
from compliance.assessments.ruled import effects, with_changes
from compliance.assessments.rules import holds
from compliance.assessments.services import accept_proposals, approve_assessment, decide_rule, propose_rule
from compliance.assessments.services.rule import change_of
from compliance.assessments.values import Said
from compliance.ledger import Refused, change
from compliance.projects.models import Organisation, Project
from tests.assessments.answers import to_reviewed
from tests.assessments.test_assessment import dora, draft
from tests.assessments.test_rules import TODAY, met

__all__ = ["dora", "draft"]
SignIn = Callable[[User], Client]
ASKED = questionnaire()
OWN = {
    "question": "Q32",
    "when": {"q": "Q32", "has": "crypto"},
    "explain": "We never hold keys of others.",
    "then": [{"flag": "crypto"}],
}


def edition(name: str) -> Rule:
    return next(one for one in ASKED.rules if one.id == name)


def put_forward(organisation: Organisation, by: User, rule: str = "R04", **more: Any) -> RuleChange:
    return propose_rule(organisation=organisation, rule=rule, by=by, reason="Not with us", **({"off": True} | more))


@pytest.mark.once
def test_every_rule_is_told_in_words_and_every_choice_is_a_condition() -> None:
    told = [told_condition(rule.when, ASKED) for rule in ASKED.rules]
    choices = [value for _, group in condition_choices(ASKED) for value, _ in group]

    assert [one for one in told if "{" in one or "[" in one] == []
    assert [one for one in choices if holds(condition_of(one), ASKED, {}, None)] == []  # type: ignore[arg-type]
    assert len(set(choices)) == len(choices)
    assert told_condition({"q": "Q32", "has": "crypto"}, ASKED) == "Q32 has “Crypto-assets”"
    assert "mastg" not in rule_text(ASKED.rules[0], ASKED)


@pytest.mark.once
@pytest.mark.parametrize("rule", [*ASKED.rules, *ASKED.contradictions], ids=lambda rule: rule.id)
def test_a_condition_reads_as_it_was_written_and_holds_for_the_same_answers(rule: Any) -> None:
    again = read_condition(written(rule.when), ASKED)

    assert written(again) == written(rule.when)
    assert (holds(again, ASKED, met(dict(rule.when)), TODAY), holds(again, ASKED, {}, TODAY)) == (True, False)


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Q32 has crypt", "Line 1, at “crypt”: this is no answer to Q32; write crypto."),
        ("Q32 answered\nand Q99 none", "Line 2, at “Q99”: this is no question; they are Q01 to Q42."),
        ("Q36.land has DE", "Line 1, at “Q36.land”: this is nothing Q36 asks for; write Q36 or Q36.answer or Q36.sdk"),
        ("Q36.country in mars", "Line 1, at “mars”: this is no group of countries; write eea or uk or us."),
        ("Q32 in eea", "Line 1, at “in”: this asks for countries, and Q32 names none."),
        ("Q40.date older soon", "Line 1, at “soon”: this has to be a whole number of days."),
        ("(Q32 answered", "Line 1, at “(”: this bracket is never closed."),
        ("Q32 answered Q11 none", "Line 1, at “Q11”: this is one too many: join conditions with “and” or “or”."),
        ("Q32 has", "The condition ends after “has”, where an answer has to stand."),
        ("Q32 == 3", "Line 1, at “== 3”: this sign has no meaning here."),
        ("(" * 400, "Line 1, at “(”: this stands in more than 12 brackets."),
        ("not " * 400, "Line 1, at “not”: this stands in more than 12 brackets."),
    ],
)
def test_what_is_no_condition_is_told_with_its_place(text: str, says: str) -> None:
    with pytest.raises(NotACondition) as wrong:
        read_condition(text, ASKED)
    assert str(wrong.value)[: len(says)] == says


@pytest.mark.once
def test_a_change_stands_over_the_edition() -> None:
    said = {"Q32": Said({"answer": ["crypto"]})}
    rows = [
        RuleChange(rule="R32f", off=True),
        RuleChange(rule="R01", content='{"explain": "Ours."}'),
        RuleChange(rule="R10a", content='{"when": {"q": "Q10.ways", "has": "passkey"}}'),
        RuleChange(rule="OWN-1", content=json.dumps(OWN)),
        RuleChange(rule="R02a"),
    ]
    ruled = {rule.id: rule for rule in with_changes(ASKED, rows).rules}

    assert ("R32f" in ruled, ruled["R01"].explain, ruled["R02a"]) == (False, "Ours.", ASKED.rules[1])
    assert (ruled["R10a"].when, ruled["R10a"].then) == ({"q": "Q10.ways", "has": "passkey"}, edition("R10a").then)
    assert holds(ruled["OWN-1"].when, ASKED, said, None)  # type: ignore[arg-type]


def test_what_waits_follows_a_changed_rule_and_what_is_decided_stays(
    draft: Assessment, lumaro: Organisation, ed: User, mara: User, dora: User
) -> None:
    approve_assessment(assessment=to_reviewed(draft, ed, mara), by=dora, reason="Read")
    gates, task = draft.proposals.get(key="gates"), draft.proposals.get(key="bring-the-threat-model-up-to-date")
    accept_proposals(proposals=[gates], by=mara, reason="So it is")
    row = put_forward(lumaro, mara)
    [effect] = effects(row)
    assert ([one.key for one in effect.decided], task.key in {one.key for one in effect.removed}) == (["gates"], True)
    with pytest.raises(NotYours):
        decide_rule(row=row, approve=True, by=mara, reason="Mine")

    decide_rule(row=row, approve=True, by=dora, reason="Right")
    for one in (gates, task):
        one.refresh_from_db()
    assert (gates.state, task.state, row.state) == ("accepted", "withdrawn", "in_force")

    back = put_forward(lumaro, dora, off=False)
    decide_rule(row=back, approve=True, by=mara, reason="Again")
    row.refresh_from_db()
    task.refresh_from_db()
    assert (row.state, task.state) == ("ended", "proposed")


@pytest.mark.parametrize(("start", "approve"), list(product(RULE_MOVES, (True, False))))
def test_a_change_is_decided_once(start: str, approve: bool, lumaro: Organisation, mara: User, dora: User) -> None:
    row = put_forward(lumaro, mara)
    row.state = RuleState(start)
    with change(by="tests"):
        row.save()
    to = "in_force" if approve else "rejected"
    if to in RULE_MOVES[start]:
        decide_rule(row=row, approve=approve, by=dora, reason="Read")
        assert row.state == to
    else:
        with pytest.raises(Refused, match="it is decided once"):
            decide_rule(row=row, approve=approve, by=dora, reason="Read")


def test_the_pages_search_show_what_a_change_would_do_and_put_it_forward(
    lumaro: Organisation, stridewell: Project, mara: User, dora: User, ed: User, sign_in: SignIn
) -> None:
    browser, listed = sign_in(mara), reverse("assessments:rules", args=["lumaro"])
    found = browser.get(listed, {"q": "card numbers"})
    add, said = reverse("assessments:rule_add", args=["lumaro"]), {
        "explain": "Cards are masked.", "when_1": "Q32|has|card_own_form", "join": "all", "reason": "Our bank asks",
        "kind_1": "flag", "named_1": "No such flag",
    }  # fmt: skip
    wrong = browser.post(add, said)
    looked = browser.post(add, {**said, "named_1": "Payments"})
    kept = browser.post(add, {**said, "named_1": "Payments", "confirm": "1"})
    row = RuleChange.objects.get()
    decided = sign_in(dora).post(
        reverse("assessments:rule_decide", args=["lumaro", row.reference]), {"verdict": "approve", "reason": "Fine"}
    )

    assert [one.rule.id for one in found.context["lines"]] == ["R32c"]
    assert (wrong.status_code, "There is no the app “No such flag” here" in wrong.text) == (422, True)
    assert ("What it would do" in looked.text, kept.url) == (
        True,
        reverse("assessments:rule", args=["lumaro", "OWN-1"]),
    )
    assert (row.says["when"], row.says["then"]) == ({"q": "Q32", "has": "card_own_form"}, [{"flag": "payments"}])
    assert decided.url == row.get_absolute_url()
    changed = browser.post(reverse("assessments:rule_change", args=["lumaro", "R08b"]), {"off": "on", "explain": "x", "reason": "No", "confirm": "1"})  # fmt: skip # noqa: E501
    assert (changed.status_code, RuleChange.objects.get(rule="R08b").off) == (302, True)
    assert change_of(organisation=lumaro, rule="R01", by=mara).told == "as the edition has it"


def test_the_condition_of_the_edition_is_changed_looked_at_and_taken_back(
    draft: Assessment, lumaro: Organisation, ed: User, mara: User, dora: User, sign_in: SignIn
) -> None:
    approve_assessment(assessment=to_reviewed(draft, ed, mara), by=dora, reason="Read")
    rule, browser = edition("R04"), sign_in(mara)
    change_at = reverse("assessments:rule_change", args=["lumaro", "R04"])
    said = {
        "explain": rule.explain,
        "keep": [str(n) for n in range(len(rule.then))],
        "reason": "Too wide",
        "join": "all",
    }
    wrong = browser.post(change_at, {**said, "when": "Q04 is newest"})
    always = browser.post(change_at, {**said, "when": "not Q32 has crypto"})
    same = browser.post(change_at, {**said, "when": written(rule.when)})
    looked = browser.post(change_at, {**said, "when": written(rule.when), "when_1": "Q32|has|crypto"})
    assert [one.any for one in same.context["effects"]] == [False]
    assert [(bool(one.removed), bool(one.added)) for one in looked.context["effects"]] == [(True, False)]
    assert [(one.status_code, "when" in one.context["form"].errors) for one in (wrong, always)] == [(422, True)] * 2
    kept = browser.post(change_at, {**said, "when": "Q32 has crypto", "confirm": "1"})
    row = RuleChange.objects.get()
    assert (kept.status_code, row.says["when"]) == (302, {"q": "Q32", "has": "crypto"})
    decide_rule(row=row, approve=True, by=dora, reason="Right")
    page = browser.get(row.get_absolute_url())
    assert page.context["edition_when"] == told_condition(rule.when, ASKED)

    browser.post(reverse("assessments:rule_restore", args=["lumaro", "R04"]), {"reason": "Again as it was"})
    decide_rule(row=RuleChange.objects.waiting().get(), approve=True, by=dora, reason="Right")
    ruled = with_changes(ASKED, RuleChange.objects.in_organisation(lumaro).in_force())
    assert next(one for one in ruled.rules if one.id == "R04") == rule
