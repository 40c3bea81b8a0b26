"""Record and flows: what only one of them says, and the flows' word taken over."""

from django.urls import reverse

from dataflows import services
from dataflows.disagreement import differences
from dataflows.models import ProcessingActivity


def complete(record):
    return ProcessingActivity.objects.complete().get(pk=record.pk)


def test_what_only_one_of_them_says_is_told_and_taken_over_in_one_click(
    sign_in, lumaro, stridewell, propose, heart_rate, email, nimbus, adspire, ed
):
    record = services.draft_activity(
        organisation=lumaro,
        project=stridewell,
        name="Coaching",
        purposes="To coach.",
        legal_basis="consent",
        data={heart_rate: "1 year", email: "6 months"},
        parties=[adspire],
        by=ed,
    )
    assert differences(complete(record)) == []
    flow = propose(activity=record, retention="24 months", subject_categories=["employees"])
    services.record_transfer(flow=flow, country="IN", by=ed)

    found = differences(complete(record))
    keys = [one.key for one in found]
    assert keys == [
        f"data-{heart_rate.pk}",
        "subject+employees",
        f"party+{nimbus.pk}",
        f"party-{adspire.pk}",
        "",
        "basis+contract",
        "",
        f"limit+{email.pk}",
    ]
    page = reverse("dataflows:project_activity_agree", args=[stridewell.slug, record.reference])
    browser = sign_in(ed)
    browser.post(page, {"key": f"limit+{email.pk}", "reason": " "})
    assert len(differences(complete(record))) == len(found)
    assert browser.get(record.get_absolute_url()).content.decode().count("Mend it by hand") == 2

    browser.post(page, {"key": f"limit+{email.pk}", "reason": "As the flows say"})
    assert [one.key for one in differences(complete(record))] == keys[:-1]
    browser.post(page, {"key": "all", "reason": "As the flows say"})

    left = complete(record)
    assert [one.key for one in differences(left)] == ["", ""]
    assert [(link.item, link.retention) for link in left.data_rows] == [(email, "24 months")]
    assert [link.party for link in left.party_rows] == [nimbus]
    assert left.purposes == ["To coach.", "To keep the account."]
