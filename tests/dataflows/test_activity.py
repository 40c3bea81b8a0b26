"""Records of processing, letter by letter."""

from datetime import date

import pytest
from django.utils import timezone

from compliance.approvals.services import NotYours
from compliance.ledger import Refused
from compliance.packs.registry import Period
from dataflows import preflight, services
from dataflows.letters import letters, missing
from dataflows.models import ProcessingActivity
from dataflows.services.saving import BadValue
from dataflows.standing import is_outdated, latest_approvals


@pytest.fixture
def draft(lumaro, stridewell, ed):
    def drafted(**details):
        return services.draft_activity(
            organisation=lumaro, project=stridewell, by=ed, **({"name": "Coaching"} | details)
        )

    return drafted


def complete(activity):
    return ProcessingActivity.objects.complete().get(pk=activity.pk)


def test_a_new_record_names_every_letter_it_lacks(draft, lumaro):
    rows = letters(complete(draft()), lumaro)

    assert [(row.letter, row.missing) for row in rows] == [
        ("a", ("contact of the organisation", "data protection officer")),
        ("b", ("purposes",)),
        ("c", ("categories of data subjects", "categories of personal data")),
        ("d", ("recipients, or a flow that shows there are none",)),
        ("e", ("flows, from which transfers follow",)),
        ("f", ("time limits: choose the personal data first",)),
        ("g", ("security measures",)),
    ]


def test_a_full_record_lacks_nothing(draft, propose, lumaro, mara, nimbus, email):
    lumaro.address, lumaro.dpo_name = "Leipzig", "Dora"
    activity = draft(
        purposes="Coaching",
        subject_categories=["users"],
        data={email: "30 days after closure"},
        parties=[nimbus],
        security_measures="Encryption at rest.",
    )
    propose(activity=activity)

    rows = letters(complete(activity), lumaro)

    assert missing(complete(activity), lumaro) == []
    assert [row.lines for row in rows] == [
        ("Lumaro", "Leipzig", "Data protection officer: Dora"),
        ("Coaching",),
        ("Users of the app", "E-mail (E-mail address)"),
        ("Nimbus (Luxembourg), processor: Hosting",),
        ("None: every place on the way is in the EEA.",),
        ("E-mail: 30 days after closure",),
        ("Encryption at rest.",),
    ]


def test_a_missing_time_limit_names_its_data(draft, lumaro, email, heart_rate):
    activity = draft(data={email: "30 days", heart_rate: ""})

    retention = letters(complete(activity), lumaro)[5]

    assert (retention.lines, retention.missing) == (("E-mail: 30 days",), ("time limit for Heart rate",))


def test_a_transfer_without_mechanism_leaves_letter_e_open(draft, propose, lumaro, mara):
    activity = draft()
    flow = propose(activity=activity)
    services.record_transfer(flow=flow, country="PH", by=mara)

    transfers = letters(complete(activity), lumaro)[4]

    assert transfers.missing == ("mechanism for Philippines in DF-001",)


def test_a_processor_record_has_four_letters_and_names_the_controller(draft, lumaro, mara):
    meridian = services.add_party(
        organisation=lumaro, name="Meridian Crest", country="LT", role="controller", service="Our customer", by=mara
    )
    activity = draft(role="processor", purposes="Keeping wallet accounts", parties=[meridian])

    rows = letters(complete(activity), lumaro)

    assert [row.letter for row in rows] == ["a", "b", "c", "d"]
    assert rows[0].lines == ("Lumaro", "On behalf of Meridian Crest (Lithuania)")


def test_a_record_goes_from_draft_through_review_to_the_end(draft, ed, dora):
    activity = draft(legal_basis="contract")

    services.submit_for_review(record=activity, by=ed)
    services.send_back(record=activity, by=dora, reason="Which purposes?")
    assert activity.state == "draft"
    services.submit_for_review(record=activity, by=ed)
    services.approve_record(record=activity, by=dora, reason="Clear.")
    assert activity.state == "active"
    services.retire_record(record=activity, by=ed, reason="Not done any more.")
    assert complete(activity).state == "retired"


def test_a_record_without_legal_basis_is_not_approved(draft, ed, dora):
    activity = draft()
    services.submit_for_review(record=activity, by=ed)

    with pytest.raises(services.NotInOrder, match=r"RA-001 cannot be approved yet\. It names no legal basis"):
        services.approve_record(record=activity, by=dora, reason="Fine.")


def test_who_wrote_a_record_does_not_approve_it(draft, ed, mara, dora):
    activity = draft(legal_basis="contract")
    services.change_activity(activity=activity, purposes="More.", by=dora)
    services.submit_for_review(record=activity, by=ed)

    with pytest.raises(NotYours):
        services.approve_record(record=activity, by=dora, reason="I wrote it.")


def test_changing_an_active_record_needs_a_reason_and_outdates_its_approval(draft, ed, dora, email):
    activity = draft(legal_basis="contract")
    services.submit_for_review(record=activity, by=ed)
    services.approve_record(record=activity, by=dora, reason="Clear.")
    with pytest.raises(Refused, match="RA-001 is approved: say why it changes"):
        services.change_activity(activity=activity, data={email: "1 year"}, by=ed)

    services.change_activity(activity=activity, data={email: "1 year"}, by=ed, reason="New field.")

    assert activity.state == "active"
    assert is_outdated(complete(activity), latest_approvals([activity])[activity.pk]) is True


def test_a_pending_change_without_a_basis_is_told_and_the_approved_one_still_counts(
    stridewell, draft, ed, dora, heart_rate
):
    activity = draft(legal_basis="contract")
    services.submit_for_review(record=activity, by=ed)
    services.approve_record(record=activity, by=dora, reason="Clear.")
    services.change_activity(activity=activity, data={heart_rate: "1 year"}, by=ed, reason="New sensor.")

    found = preflight.legal_bases(stridewell, timezone.now(), Period(date(2026, 1, 1), date(2026, 12, 31)))
    assert [(one.level, one.text.partition(":")[0]) for one in found] == [
        ("warn", f"{activity.reference} {activity.name} (change pending)")
    ]


def test_a_record_stays_in_its_scope(draft, ed, korvo):
    with pytest.raises(BadValue, match="has no field project to set"):
        services.change_activity(activity=draft(), project=korvo, by=ed)


def test_data_of_another_organisation_is_refused(draft, otto):
    from compliance.projects.models import Organisation

    elsewhere = Organisation.objects.get(name="Elsewhere")
    item = services.add_item(organisation=elsewhere, name="Salary", category="other_financial", by=otto)

    with pytest.raises(BadValue, match="same organisation"):
        draft(data={item: "10 years"})
    assert ProcessingActivity.objects.count() == 0


def test_a_control_fills_letter_g(draft, lumaro, stridewell, mara):
    from compliance.ledger import change
    from controls.models import Control, Implementation

    with change(by=mara):
        control = Control(organisation=lumaro, title="Encryption at rest")
        control.save()
        running = Implementation(organisation=lumaro, control=control, owner=mara, status="implemented")
        running.save()

    security = letters(complete(draft(measures=[running])), lumaro)[6]

    assert (security.lines, security.missing) == (("CI-001 Encryption at rest, implemented",), ())
