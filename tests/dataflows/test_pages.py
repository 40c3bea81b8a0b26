"""The room's pages: who may open them, what they say, and that they do not ask once per row."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.projects.services import plan_release
from dataflows import services
from dataflows.models import DataFlow, Party, ProcessingActivity, Transfer

PAGES = ["project_flows", "map", "flow_add", "node_add", "project_activities", "project_activity_add"]
ORGANISATION_PAGES = ["activities", "activity_add", "items", "item_add", "parties", "party_add"]


@pytest.fixture
def activity(lumaro, stridewell, ed):
    return services.draft_activity(organisation=lumaro, project=stridewell, name="Coaching", by=ed)


def flow_page(flow, name="flow"):
    return reverse(f"dataflows:{name}", args=[flow.project.slug, flow.reference])


def addresses(project, flow, activity, party):
    own = [reverse(f"dataflows:{name}", args=[project.slug]) for name in PAGES]
    own += [flow_page(flow, name) for name in ("flow", "flow_edit", "transfer_add")]
    shared = [reverse(f"dataflows:{name}", args=[project.organisation.slug]) for name in ORGANISATION_PAGES]
    own += [activity.get_absolute_url(), f"{activity.get_absolute_url()}edit/"]
    shared += [party.get_absolute_url(), f"{party.get_absolute_url()}edit/"]
    return own + shared


def test_everybody_inside_opens_every_page_they_may(sign_in, stridewell, propose, activity, nimbus, mara):
    browser = sign_in(mara)

    found = {url: browser.get(url).status_code for url in addresses(stridewell, propose(), activity, nimbus)}

    assert {url: status for url, status in found.items() if status != 200} == {}


def test_an_outsider_finds_nothing(sign_in, stridewell, propose, activity, nimbus, otto):
    browser = sign_in(otto)

    found = {url: browser.get(url).status_code for url in addresses(stridewell, propose(), activity, nimbus)}

    assert {url: status for url, status in found.items() if status != 404} == {}


def test_an_auditor_reads_and_does_not_write(sign_in, propose, ada):
    browser, flow = sign_in(ada), propose()

    assert browser.get(flow_page(flow)).status_code == 200
    assert browser.get(flow_page(flow, "flow_edit")).status_code == 403
    assert browser.post(flow_page(flow, "flow_step"), {"step": "submit"}).status_code == 403
    assert browser.post(flow_page(flow, "flow_decide"), {"step": "approve"}).status_code == 403


def test_an_editor_does_not_decide(sign_in, propose, ed):
    flow = propose()
    services.submit_for_review(record=flow, by=ed)

    assert sign_in(ed).post(flow_page(flow, "flow_decide"), {"step": "approve", "reason": "x"}).status_code == 403


def test_a_record_of_another_project_is_not_found(sign_in, lumaro, stridewell, korvo, mara, ed):
    record = services.draft_activity(organisation=lumaro, project=korvo, name="Wallet", by=mara)
    elsewhere = reverse("dataflows:project_activity", args=[stridewell.slug, record.reference])

    assert sign_in(mara).get(record.get_absolute_url()).status_code == 200
    assert sign_in(ed).get(record.get_absolute_url()).status_code == 404
    assert sign_in(ed).get(elsewhere).status_code == 404


def test_a_shared_record_is_read_in_a_project_and_changed_in_the_organisation(sign_in, lumaro, stridewell, mara, ed):
    record = services.draft_activity(organisation=lumaro, name="Payroll", by=mara)
    here = reverse("dataflows:project_activity", args=[stridewell.slug, record.reference])

    assert sign_in(ed).get(here).status_code == 200
    assert sign_in(ed).get(f"{here}edit/").status_code == 404
    assert sign_in(mara).get(f"{record.get_absolute_url()}edit/").status_code == 200


def test_a_flow_is_added_by_form_with_places_and_data_made_on_the_way(sign_in, stridewell, nimbus, ed):
    answer = sign_in(ed).post(
        reverse("dataflows:flow_add", args=[stridewell.slug]),
        {
            "title": "Account",
            "stop_1": "kind:person",
            "stop_2": "kind:app",
            "stop_3": f"party:{nimbus.pk}",
            "categories": ["email", "name"],
            "purpose": "To keep the account.",
            "legal_basis": "contract",
            "protection": "tls13",
        },
    )

    flow = DataFlow.objects.complete().get()
    assert answer.status_code == 302
    assert flow.path == "User → App → Nimbus"
    assert [item.name for item in flow.data] == ["E-mail address", "Name"]


def test_a_flow_without_data_is_shown_again_and_nothing_is_stored(sign_in, stridewell, ed):
    answer = sign_in(ed).post(
        reverse("dataflows:flow_add", args=[stridewell.slug]),
        {"title": "Account", "stop_1": "kind:person", "stop_2": "kind:person", "purpose": "x"},
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "items": ["Choose at least one data item: a flow without personal data needs no record."]
    }
    assert stridewell.pk not in DataFlow.objects.values_list("project", flat=True)


def test_a_refusal_of_a_service_stands_on_the_form_and_leaves_no_places_behind(sign_in, stridewell, ed):
    from dataflows.models import Node

    answer = sign_in(ed).post(
        reverse("dataflows:flow_add", args=[stridewell.slug]),
        {"title": "A", "stop_1": "kind:app", "stop_2": "kind:app", "purpose": "x", "categories": ["email"]},
    )

    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == ["App stands twice in a row: leave one of them out."]
    assert Node.objects.count() == 0


def test_a_place_that_does_not_exist_is_refused_at_its_field(sign_in, stridewell, ed):
    answer = sign_in(ed).post(
        reverse("dataflows:flow_add", args=[stridewell.slug]), {"title": "A", "stop_1": "node:nowhere", "stop_2": ""}
    )

    assert sorted(answer.context["form"].errors) == ["items", "purpose", "stop_1", "stop_2"]


def test_a_flow_walks_through_review_by_its_page(sign_in, propose, ed, dora):
    flow = propose()

    sign_in(ed).post(flow_page(flow, "flow_step"), {"step": "submit"})
    sign_in(dora).post(flow_page(flow, "flow_decide"), {"step": "approve", "reason": "As described."})

    assert DataFlow.objects.get(pk=flow.pk).state == "active"
    assert sign_in(ed).get(flow_page(flow)).context["approval"].decided_by == dora


def test_a_refused_step_says_why(sign_in, propose, ed, dora):
    flow = propose(legal_basis="")
    services.submit_for_review(record=flow, by=ed)

    answer = sign_in(dora).post(flow_page(flow, "flow_decide"), {"step": "approve", "reason": "Fine."}, follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "DF-001 cannot be approved yet. There is no legal basis."
    ]


def test_two_people_changing_one_flow_see_both_versions(sign_in, propose, ed, email):
    flow = propose()
    page = flow_page(flow, "flow_edit")
    sent = {
        "title": "Mine",
        "stop_1": f"node:{flow.stops.get(position=1).node_id}",
        "stop_2": f"node:{flow.stops.get(position=2).node_id}",
        "items": [str(email.pk)],
        "purpose": "x",
        "version": flow.version,
    }
    services.change_flow(flow=flow, title="Theirs", by=ed)

    answer = sign_in(ed).post(page, sent)

    assert answer.status_code == 409
    assert DataFlow.objects.get(pk=flow.pk).title == "Theirs"


def test_a_record_is_written_letter_by_letter(sign_in, lumaro, stridewell, email, nimbus, ed):
    answer = sign_in(ed).post(
        reverse("dataflows:project_activity_add", args=[stridewell.slug]),
        {
            "name": "Coaching",
            "role": "controller",
            "purposes-TOTAL_FORMS": "2",
            "purposes-INITIAL_FORMS": "0",
            "purposes-0-text": "Coaching",
            "purposes-0-subject": "users",
            "purposes-0-legal_basis": "contract",
            "data": [str(email.pk)],
            f"retention_{email.pk}": "30 days",
            "parties": [str(nimbus.pk)],
        },
    )

    record = ProcessingActivity.objects.complete().get()
    assert answer.status_code == 302
    assert [(link.item, link.retention) for link in record.data_rows] == [(email, "30 days")]
    assert [link.party for link in record.party_rows] == [nimbus]
    assert [(row.text, row.subject, row.legal_basis) for row in record.purpose_rows] == [
        ("Coaching", "users", "contract")
    ]


def test_a_transfer_is_recorded_from_the_flow(sign_in, propose, way, stridewell, adspire, ed, mara):
    flow = propose(path=[way[1], services.node_of_party(project=stridewell, party=adspire, by=mara)])
    page = reverse("dataflows:transfer_add", args=[stridewell.slug, flow.reference])
    browser = sign_in(ed)

    assert browser.get(page).context["form"].initial == {"country": "US"}
    browser.post(page, {"country": "US", "mechanism": "adequacy_dpf_certified"})

    assert Transfer.objects.get().mechanism == "adequacy_dpf_certified"


def test_a_party_is_approved_by_the_data_protection_officer_only(sign_in, nimbus, ready, mara, dora):
    nimbus = ready(nimbus)
    for step in ("due_diligence", "contract"):
        services.move_party(party=nimbus, to=step, by=mara, reason="Next.")
    move = reverse("dataflows:party_move", args=[nimbus.organisation.slug, nimbus.reference])
    approve = reverse("dataflows:party_approve", args=[nimbus.organisation.slug, nimbus.reference])

    sign_in(mara).post(move, {"step": "move", "to": "approved", "reason": "Checked."})
    assert Party.objects.get(pk=nimbus.pk).state == "contract"
    sign_in(mara).post(move, {"step": "ask"})
    decision = {"step": "approve", "reason": "Checked."}
    assert sign_in(mara).post(approve, decision).status_code == 403
    sign_in(dora).post(approve, decision)
    assert Party.objects.get(pk=nimbus.pk).state == "approved"


def test_flows_with_a_problem_are_found(sign_in, propose, stridewell, ed):
    propose()
    bad = propose(title="Bare", legal_basis="")

    listing = (
        sign_in(ed)
        .get(reverse("dataflows:project_flows", args=[stridewell.slug]), {"problem": "any"})
        .context["listing"]
    )

    assert list(listing.page) == [bad]


def count(browser, url):
    browser.get(url)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert browser.get(url).status_code == 200
    return len(asked)


def test_lists_and_maps_ask_the_same_for_one_row_and_for_three(
    sign_in, stridewell, lumaro, propose, activity, nimbus, adspire, mara, ed
):
    browser = sign_in(mara)
    urls = [
        reverse(f"dataflows:{name}", args=[stridewell.slug]) for name in ("project_flows", "map", "project_activities")
    ]
    urls += [f"{urls[0]}?problem=any"]
    urls += [reverse(f"dataflows:{name}", args=[lumaro.slug]) for name in ("activities", "items", "parties")]
    urls += [nimbus.get_absolute_url(), activity.get_absolute_url()]
    first = propose(activity=activity)
    services.record_transfer(flow=first, country="PH", by=mara)
    one = [count(browser, url) for url in urls]

    for name in ("Sleep", "Steps"):
        item = services.add_item(organisation=lumaro, name=name, category="fitness", by=mara)
        flow = propose(title=name, activity=activity, items=[item])
        services.record_transfer(flow=flow, country="PH", by=mara)
        services.draft_activity(organisation=lumaro, project=stridewell, name=name, data={item: ""}, by=mara)
        services.add_party(organisation=lumaro, name=name, country="DE", service=name, by=mara)

    assert [count(browser, url) for url in urls] == one


def test_where_does_heart_rate_go(sign_in, stridewell, propose, heart_rate, way, ed):
    propose()
    propose(title="Pulse", items=[heart_rate], path=way[:2], on_device_only=True, article9_condition="explicit_consent")
    page = reverse("dataflows:map", args=[stridewell.slug])

    shown = sign_in(ed).get(page, {"item": str(heart_rate.pk)}).context

    assert shown["map"].title == "Where heart rate goes in Stridewell"
    assert [flow.reference for flow, _ in shown["rows"]] == ["DF-002"]
    assert [box.place.name for box in shown["map"].places] == ["User", "App"]


def test_a_focus_makes_the_rest_faint(sign_in, stridewell, propose, way, ed):
    propose()
    propose(title="Pulse", path=way[:2], on_device_only=True)
    store = way[3]

    drawn = sign_in(ed).get(reverse("dataflows:map", args=[stridewell.slug]), {"node": store.reference}).context["map"]

    assert [box.place.name for box in drawn.places if box.place.focus] == ["Database"]
    assert sorted(line.faint for line in drawn.lines) == [False, False, False, True]


def test_a_focus_on_a_flow_leads_to_it_and_the_map_is_drawn_as_of_a_release(
    sign_in, stridewell, propose, way, ed, mara
):
    first, second = (plan_release(project=stridewell, name=name, by=mara) for name in ("1.0", "2.0"))
    propose(until_release=first)
    flow = propose(title="Pulse", path=way[:2], since_release=second)
    page = reverse("dataflows:map", args=[stridewell.slug])

    focused = sign_in(ed).get(page, {"flow": flow.reference})
    then = sign_in(ed).get(page, {"release": first.reference}).context

    assert [line.faint for line in focused.context["map"].lines if flow.reference in line.flows] == [False]
    assert f'<a href="{flow_page(flow)}">open this flow</a>' in focused.content.decode()
    assert then["map"].title == "Flow map of Stridewell, as of 1.0"
    assert [row.reference for row, _ in then["rows"]] == ["DF-001"]


def test_a_focus_nobody_knows_shows_everything(sign_in, stridewell, propose, ed):
    propose()

    answer = sign_in(ed).get(reverse("dataflows:map", args=[stridewell.slug]), {"node": "N-999", "item": "x"})

    assert answer.status_code == 200
    assert len(answer.context["rows"]) == 1


def test_an_empty_map_says_what_to_do(sign_in, stridewell, ed):
    answer = sign_in(ed).get(reverse("dataflows:map", args=[stridewell.slug]))

    assert answer.status_code == 200
    assert "No flows to draw yet" in answer.content.decode()
