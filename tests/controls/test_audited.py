"""What audits tell packs, preflight, reviews, reminders and overviews: as of a moment, and again the same."""

from django.template.loader import render_to_string
from django.utils import timezone

from compliance.ledger import change
from compliance.ledger.proof.canonical import canonical
from compliance.packs.registry import Period, sections
from controls.audited.pack_sections import audits, corrective_actions, management_review
from controls.audited.panels import audits_of_organisation
from controls.audited.preflight import (
    audits_are_recent_and_independent,
    nonconformities_have_cause_and_effect,
    reviews_had_their_inputs,
)
from controls.audited.reminders import corrective_actions as due_actions
from controls.audited.reminders import finding_answers, management_reviews
from controls.services.corrective_action import verify_action
from controls.services.management_review import collect_inputs, schedule_review
from tests.controls.auditing import DAY, accepted, acted, in_fieldwork, issued, planned, put, wait_over
from tests.due import due


def now():
    return timezone.now()


def period():
    return Period(now().date() - 30 * DAY, now().date())


def texts(check, scope, at):
    return [(found.level, found.text) for found in check(scope, at, period())]


def test_a_pack_tells_the_audit_as_it_stood(annex, lumaro, mara, ada, ed, ria):
    audit = planned(lumaro, annex, mara)
    in_fieldwork(audit, ada, mara)
    finding = accepted(lumaro, ada, ed, audit=audit)
    before = now()
    action = wait_over(acted(finding, ed, ria, mara))
    verify_action(action=action, effective=True, by=ria, reason="Two reviews without a gap")
    review = schedule_review(organisation=lumaro, title="H2", planned_date=now().date(), chair=ria, by=mara)
    collect_inputs(review=review, by=mara)
    at = now()
    told = audits(lumaro, at, period())
    assert [(one["reference"], one["state"]) for one in told["audits"]] == [(audit.reference, "fieldwork")]
    assert [(one["reference"], one["state"]) for one in told["findings"]] == [(finding.reference, "verified_closed")]
    assert told["coverage"]["areas"][0]["covered"] == 3
    assert [one["state"] for one in audits(lumaro, before, period())["findings"]] == ["accepted"]
    assert corrective_actions(lumaro, before, period())["rows"] == []
    (row,) = corrective_actions(lumaro, at, period())["rows"]
    assert (row["state"], row["verified_by"], row["root_cause"]) == ("verified", "Ria", "The list was typed.")
    reviewed = management_review(lumaro, at, period())
    said = {one["key"]: one["facts"] for one in reviewed["reviews"][0]["inputs"]}
    assert said["nonconformities"] == "1 nonconformities, 0 open; 1 corrective actions, 0 overdue."
    assert said["audits"] == "1 audits; findings: 1 minor nonconformity."
    for key in ("audits", "corrective_actions", "management_review"):
        made = sections[key]
        context = made.source(lumaro, at, period())
        canonical({name: value for name, value in context.items() if name not in {"citations", "documents"}})
        assert context == made.source(lumaro, at, period())
        assert render_to_string(made.template, dict(context))


def test_preflight_names_what_is_missing(annex, lumaro, mara, ada, ed, ria):
    at = now()
    assert texts(audits_are_recent_and_independent, lumaro, at) == [
        ("warn", "No internal audit has been reported yet.")
    ]
    assert texts(reviews_had_their_inputs, lumaro, at) == [
        ("warn", "No management review of the last twelve months has approved minutes.")
    ]
    assert texts(nonconformities_have_cause_and_effect, lumaro, at) == []
    audit = planned(lumaro, annex, mara)
    seat = in_fieldwork(audit, ada, mara)
    seat.conflicts = "owns CI-001 Backups"
    put(audit, "final")
    with change(by="tests"):
        seat.save()
    finding = put(issued(lumaro, ada, ed), "verified_closed")
    at = now()
    assert texts(audits_are_recent_and_independent, lumaro, at) == [
        ("block", f"{audit.reference}: Ada is not independent (owns CI-001 Backups).")
    ]
    lacks = "root cause or extent and an effect verified by somebody else"
    assert texts(nonconformities_have_cause_and_effect, lumaro, at) == [
        ("block", f"{finding.reference} is closed without {lacks}.")
    ]


def test_reminders_and_the_box_tell_what_waits(lumaro, mara, ada, ed, ria):
    waiting = issued(lumaro, ada, ed, grade="major_nc")
    action = acted(accepted(lumaro, ada, ed), ed, ria, mara, until="open")
    done = wait_over(acted(accepted(lumaro, ada, ed), ed, ria, mara))
    review = schedule_review(organisation=lumaro, title="H2", planned_date=now().date(), chair=ria, by=mara)
    at = now()
    assert [one.reference for one in due(finding_answers, lumaro, at)] == [waiting.reference]
    assert sorted(one.reference for one in due(due_actions, lumaro, at)) == [action.reference, done.reference]
    assert [(one.reference, one.owner) for one in due(management_reviews, lumaro, at)] == [(review.reference, ria.name)]
    figures = audits_of_organisation(lumaro)["figures"]
    assert [one["number"] for one in figures] == [3, 1, 1, 0, 1]
