"""Flows from proposal to retirement."""

import pytest

from compliance.approvals.services import NotYours
from compliance.ledger import Refused
from compliance.projects import services as projects
from dataflows import services
from dataflows.models import DataFlow
from dataflows.services.saving import BadValue
from dataflows.standing import is_outdated, latest_approvals


def complete(flow):
    return DataFlow.objects.complete().get(pk=flow.pk)


def outdated(flow):
    return is_outdated(complete(flow), latest_approvals([flow]).get(flow.pk))


def test_a_flow_keeps_its_way_and_its_data(propose, way, email):
    flow = complete(propose())

    assert flow.reference == "DF-001"
    assert flow.path == "User → App → Coaching API → Database"
    assert flow.data == [email]
    assert flow.state == "proposed"


def test_a_shorter_way_drops_the_stops_it_leaves_out(propose, way, ed):
    flow = propose()

    services.change_flow(flow=flow, path=way[:2], on_device_only=True, by=ed)

    assert complete(flow).path == "User → App"


def test_a_flow_goes_from_proposal_through_review_to_the_end(propose, ed, dora):
    flow = propose()

    services.submit_for_review(record=flow, by=ed)
    assert flow.state == "dpo_review"
    services.send_back(record=flow, by=dora, reason="Which e-mail?")
    assert flow.state == "proposed"
    services.submit_for_review(record=flow, by=ed)
    services.approve_record(record=flow, by=dora, reason="Clear now.")
    assert flow.state == "active"
    services.retire_record(record=flow, by=ed, reason="Removed in 5.0.")
    assert complete(flow).state == "retired"


@pytest.mark.parametrize(
    ("state", "step"),
    [
        ("proposed", "send_back"),
        ("proposed", "approve_record"),
        ("dpo_review", "submit_for_review"),
        ("dpo_review", "retire_record"),
        ("active", "submit_for_review"),
        ("active", "send_back"),
        ("active", "approve_record"),
        ("retired", "submit_for_review"),
        ("retired", "send_back"),
        ("retired", "approve_record"),
        ("retired", "retire_record"),
    ],
)
def test_a_flow_skips_nothing(propose, ed, dora, state, step):
    flow = propose()
    if state in ("dpo_review", "active"):
        services.submit_for_review(record=flow, by=ed)
    if state == "active":
        services.approve_record(record=flow, by=dora, reason="Fine.")
    if state == "retired":
        services.retire_record(record=flow, by=ed, reason="Never built.")

    with pytest.raises(services.WrongState):
        getattr(services, step)(record=flow, by=dora, reason="Because.")

    assert complete(flow).state == state


def test_who_wrote_a_flow_does_not_approve_it(propose, ed, mara, dora):
    flow = propose(by=dora)
    services.submit_for_review(record=flow, by=ed)

    with pytest.raises(NotYours):
        services.approve_record(record=flow, by=dora, reason="I know it.")
    with pytest.raises(NotYours):
        services.approve_record(record=flow, by=ed, reason="I know it.")

    assert complete(flow).state == "dpo_review"


@pytest.mark.parametrize("step", ["send_back", "approve_record", "retire_record"])
def test_a_decision_needs_a_reason(propose, ed, dora, step):
    flow = propose()
    if step != "retire_record":
        services.submit_for_review(record=flow, by=ed)

    with pytest.raises(Refused, match=r"reason|Say"):
        getattr(services, step)(record=flow, by=dora, reason="  ")


def test_a_flow_with_a_problem_is_not_approved(propose, way, stridewell, adspire, ed, dora, mara):
    node = services.node_of_party(project=stridewell, party=adspire, by=mara)
    flow = propose(path=[way[1], node])
    services.submit_for_review(record=flow, by=ed)

    with pytest.raises(services.NotInOrder) as refusal:
        services.approve_record(record=flow, by=dora, reason="Marketing wants it.")

    assert str(refusal.value) == (
        "DF-001 cannot be approved yet. Adspire processes the data, but no contract is signed. "
        "The data reaches United States with no transfer mechanism."
    )
    assert complete(flow).state == "dpo_review"


def test_changing_an_active_flow_outdates_its_approval_until_it_is_approved_again(approved, ed, dora):
    flow = approved()
    assert outdated(flow) is False

    services.change_flow(flow=flow, purpose="To keep the account and to write to people.", by=ed, reason="Newsletter.")
    assert (flow.state, outdated(flow)) == ("active", True)

    services.submit_for_review(record=flow, by=ed)
    services.send_back(record=flow, by=dora, reason="Newsletter needs consent.")
    assert (flow.state, outdated(flow)) == ("active", True)

    services.submit_for_review(record=flow, by=ed)
    services.approve_record(record=flow, by=dora, reason="Consent is asked for.")
    assert (flow.state, outdated(flow)) == ("active", False)


def test_moving_a_place_to_another_country_outdates_the_flows_through_it(approved, way, mara):
    flow = approved()

    services.change_node(node=way[3], country="IN", by=mara)

    assert outdated(flow) is True


def test_notes_outdate_nothing(approved, ed):
    flow = approved()

    services.change_flow(flow=flow, notes="Ask again in spring.", by=ed, reason="A note.")

    assert outdated(flow) is False


def test_changing_an_active_flow_needs_a_reason(approved, ed):
    flow = approved()

    with pytest.raises(Refused, match="DF-001 is approved: say why it changes"):
        services.change_flow(flow=flow, purpose="Other.", by=ed)


def test_a_flow_under_review_stands_still(propose, ed):
    flow = propose()
    services.submit_for_review(record=flow, by=ed)

    with pytest.raises(services.WrongState, match="under review"):
        services.change_flow(flow=flow, purpose="Other.", by=ed)


@pytest.mark.parametrize(
    ("details", "error", "said"),
    [
        ({"path": []}, services.BadPath, "A flow goes from one place to another: choose at least two places."),
        ({"items": []}, BadValue, "Data: choose at least one data item; a flow without personal data needs no record."),
        ({"legal_basis": "luck"}, BadValue, "Legal basis: Value 'luck' is not a valid choice."),
        (
            {"on_device_only": True},
            services.BadPath,
            "The flow never leaves the device, but its way reaches Coaching API.",
        ),
        ({"title": ""}, BadValue, "Title: This field cannot be blank."),
    ],
)
def test_a_bad_flow_is_refused_by_name_and_nothing_is_stored(propose, details, error, said):
    with pytest.raises(error) as refusal:
        propose(**details)

    assert str(refusal.value) == said
    assert DataFlow.objects.count() == 0


def test_a_place_twice_in_a_row_is_refused(propose, way):
    with pytest.raises(services.BadPath, match="App stands twice in a row"):
        propose(path=[way[0], way[1], way[1]])


def test_unknown_data_subjects_are_refused(propose):
    with pytest.raises(BadValue, match="Data subjects: 'martians' is not one of users"):
        propose(subject_categories=["martians"])


def test_places_of_another_project_are_refused(propose, way, korvo, mara):
    other = services.node_of_kind(project=korvo, kind="api", by=mara)

    with pytest.raises(services.BadPath, match="same project"):
        propose(path=[way[1], other])


def test_a_release_of_another_project_is_refused(propose, korvo, mara):
    release = projects.plan_release(project=korvo, name="9.9", by=mara)

    with pytest.raises(BadValue, match=r"Release: 9\.9 belongs to another project"):
        propose(since_release=release)


def test_a_processor_on_the_map_names_its_party(stridewell, mara):
    with pytest.raises(BadValue, match="Party: Somebody is a processor, so say which party it is"):
        services.add_node(project=stridewell, kind="processor", name="Somebody", by=mara)


def test_a_place_on_peoples_devices_has_no_country(stridewell, mara):
    with pytest.raises(BadValue, match="Watch is on people's devices"):
        services.add_node(project=stridewell, kind="device", name="Watch", country="DE", by=mara)
