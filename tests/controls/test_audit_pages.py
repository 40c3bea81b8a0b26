"""Audits on their pages: planned, staffed, answered and reviewed by clicking, with the refusals in words."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from controls.models import Audit, AuditProgramme, AuditSeat, CorrectiveAction, Finding, ManagementReview
from tests.controls.auditing import DAY, accepted, issued, planned, put


def house(name, organisation, *args):
    return reverse(f"controls:{name}", args=[organisation.slug, *args])


def step(browser, url, name, **form):
    return browser.post(f"{url}?step={name}", {"reason": "Because", **form})


def test_an_audit_is_planned_staffed_frozen_and_begun(statement, lumaro, mara, ada, stridewell, sign_in):
    browser, day = sign_in(mara), timezone.now().date()
    days = {"start_date": day, "end_date": day + DAY}
    browser.post(house("programme_add", lumaro), {**days, "title": "2026", "owner": mara.pk})
    programme = AuditProgramme.objects.get()
    words = {"title": "Backups", "kind": "internal", "objectives": "Do they run?", "method": "remote"}
    form = {**days, **words, "programme": programme.pk, "editions": statement.edition.pk}
    assert browser.post(house("audit_add", lumaro), form).status_code == 302
    audit = Audit.objects.get()
    staff = house("audit_staff", lumaro, audit.reference)
    window = {"since": day, "until": day + DAY, "role": "lead"}
    refused = browser.post(staff, {**window, "person": mara.pk})
    assert (refused.status_code, "somebody else appoints auditors" in refused.content.decode()) == (422, True)
    assert browser.post(staff, {**window, "person": ada.pk}).status_code == 302
    outside = browser.post(staff, {**window, "role": "auditor", "name": "Ruben", "email": "r@cert.example"})
    assert (outside.status_code, outside.context["invitation"].name) == (200, "Ruben")
    url = house("audit_next", lumaro, audit.reference)
    for name in ("freeze", "notify", "fieldwork"):
        assert step(browser, url, name).status_code == 302
    page = browser.get(house("audit", lumaro, audit.reference))
    standings = {seat.name: standing for seat, standing in page.context["seats"]}
    assert (page.context["audit"].state, standings) == ("fieldwork", {"Ada": "active", "Ruben": "invited"})
    assert browser.post(staff, {"end": AuditSeat.objects.get(user=ada).pk}).status_code == 302
    assert AuditSeat.objects.get(user=ada).standing() == "ended"
    programme_page = browser.get(house("programme", lumaro, programme.reference))
    assert [area.covered for area in programme_page.context["coverage"].areas] == [3]


def test_a_finding_is_answered_acted_on_and_closed(lumaro, stridewell, mara, ada, ed, ria, sign_in):
    finding = issued(stridewell, ada, ed)
    his, hers = sign_in(ed), sign_in(mara)
    url = reverse("controls:project_finding_answer", args=[stridewell.slug, finding.reference])
    assert step(his, url, "answer", agree="yes", response="It is so").status_code == 302
    add = reverse("controls:project_action_add", args=[stridewell.slug, finding.reference])
    form = {"title": "Automate", "owner": ed.pk, "due_date": timezone.now().date() + DAY}
    assert his.post(add, form).status_code == 302
    action = CorrectiveAction.objects.get()
    move = reverse("controls:project_action_next", args=[stridewell.slug, action.reference])
    step(his, move, "cause", method="other", root_cause="Typed by hand", extent_check="Looked everywhere")
    decide = reverse("controls:action_decide", args=[lumaro.slug, action.reference])
    assert step(hers, decide, "approve").status_code == 302
    step(his, move, "start")
    step(his, move, "finish", result="Automatic now")
    early = step(hers, decide, "verify", effective="yes")
    assert (early.status_code, "The effect is judged from" in early.content.decode()) == (422, True)
    page = his.get(reverse("controls:project_action", args=[stridewell.slug, action.reference]))
    assert page.context["standing"] == "effectiveness_wait"
    page = hers.get(house("finding", lumaro, finding.reference))
    assert page.context["finding"].state == "implemented"
    draft = put(Finding.objects.get(), "draft")
    assert hers.get(house("finding", lumaro, draft.reference)).status_code == 404


def test_a_review_is_held_on_its_pages(lumaro, mara, ria, sign_in):
    browser, day = sign_in(mara), timezone.now().date()
    browser.post(house("management_review_add", lumaro), {"title": "H2", "planned_date": day, "chair": ria.pk})
    review = ManagementReview.objects.get()
    url = house("management_review_next", lumaro, review.reference)
    step(browser, url, "collect")
    review.refresh_from_db()
    step(browser, url, "words", **{one["key"]: "None, because new" for one in review.inputs})
    step(browser, url, "hold", held_date=day, attendees="Ria", minutes="Said")
    step(browser, url, "decision", text="Hire", owner=mara.pk, due_date=day)
    step(browser, url, "submit")
    decide = house("management_review_decide", lumaro, review.reference)
    assert browser.post(f"{decide}?step=decide", {"verdict": "yes", "reason": "Mine"}).status_code == 403
    assert step(sign_in(ria), decide, "decide", verdict="yes").status_code == 302
    page = browser.get(house("management_review", lumaro, review.reference))
    assert (page.context["review"].state, len(page.context["decisions"])) == ("minutes_approved", 1)


@pytest.mark.parametrize("name", ["audits", "findings", "management_reviews"])
def test_lists_cost_the_same_with_one_row_and_three(name, annex, lumaro, mara, ada, ed, ria, sign_in):
    browser, costs = sign_in(mara), []
    for more in (1, 2):
        for _ in range(more):
            planned(lumaro, annex, mara)
            accepted(lumaro, ada, ed)
        browser.get(house(name, lumaro))
        with CaptureQueriesContext(connection) as asked:
            browser.get(house(name, lumaro))
        costs.append(len(asked))
    assert costs[0] == costs[1]
