"""From draft to issued, superseded, withdrawn: each allowed move once, each forbidden one once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from compliance.accounts.reauthentication import NotProven, Proof
from compliance.approvals.services import NotYours
from compliance.jobs.models import Job
from compliance.ledger import Refused, change
from compliance.ledger.errors import ReasonMissing
from compliance.packs import registry, services
from compliance.packs.models import EvidencePack, Override, PackFrozen, SignOff, State
from compliance.packs.registry import Finding, Period
from compliance.packs.services import PackRefused
from tests.packs.drafts import approved, draft, issued, proof

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rooms")]
NAMES = ("content_sha256", "as_at", "edition", "issued_at", "issued_by", "pdf", "archive", "subject", "type", "profile")


def signed(pack):
    return [(one.step, one.by.name, one.content_sha256) for one in SignOff.objects.filter(pack=pack).valid().in_order()]


def blocking(text="The statement is not approved."):
    registry.check("PF02", level="block")(lambda *_: [Finding("PF02", "block", text)])


def test_three_people_sign_the_same_content_in_order(stridewell, ed, mara, ria):
    pack = draft(stridewell, ed)
    states = []
    for step, person in (("prepared", ed), ("reviewed", mara), ("approved", ria)):
        services.sign(pack=pack, step=step, by=person, proof=proof())
        states.append(pack.state)
    assert states == ["prepared", "reviewed", "approved"]
    assert signed(pack) == [
        ("prepared", "Ed", pack.content_sha256),
        ("reviewed", "Mara", pack.content_sha256),
        ("approved", "Ria", pack.content_sha256),
    ]


def test_a_sign_off_tells_role_and_method(stridewell, ed):
    services.sign(pack=(pack := draft(stridewell, ed)), step="prepared", by=ed, proof=proof())
    found = SignOff.objects.get(pack=pack)
    assert (found.role, found.method) == ("Product owner", "confirmed with password")


def test_an_internal_pack_needs_two_people(stridewell, ed, ria):
    assert approved(stridewell, [ed, ria], profile="internal").state == State.APPROVED


@pytest.mark.parametrize("step", ["reviewed", "approved"])
def test_nobody_signs_twice(step, stridewell, ed, mara, ria):
    pack = draft(stridewell, ed)
    services.sign(pack=pack, step="prepared", by=mara, proof=proof())
    if step == "approved":
        services.sign(pack=pack, step="reviewed", by=ria, proof=proof())
    with pytest.raises(NotYours):
        services.sign(pack=pack, step=step, by=mara, proof=proof())


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("reviewed", "PK-0001 draft has to be prepared before it is reviewed."),
        ("approved", "PK-0001 draft has to be prepared before it is approved."),
    ],
)
def test_nobody_signs_out_of_turn(step, message, stridewell, ed):
    with pytest.raises(PackRefused) as refused:
        services.sign(pack=draft(stridewell, ed), step=step, by=ed, proof=proof())
    assert str(refused.value) == message


@pytest.mark.parametrize("typed", [None, datetime(2026, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)])
def test_nobody_signs_issues_or_withdraws_without_a_recent_proof(typed, stridewell, ed, mara, ria):
    stale = typed and Proof("password", typed)
    people = [ed, mara, ria]
    with pytest.raises(NotProven):
        services.sign(pack=draft(stridewell, ed), step="prepared", by=ed, proof=stale)
    with pytest.raises(NotProven):
        services.ask_issue(pack=approved(stridewell, people, type="soa_only"), by=ria, proof=stale, reason="Audit.")
    with pytest.raises(NotProven):
        services.withdraw(pack=issued(stridewell, people, type="ropa_only"), by=ria, proof=stale, reason="Wrong.")
    assert Job.objects.filter(kind="packs.issue").count() == 0


def test_sending_back_takes_every_name_away_and_needs_a_reason(stridewell, ed, mara, ria):
    pack = approved(stridewell, [ed, mara, ria])
    with pytest.raises(ReasonMissing):
        services.send_back(pack=pack, by=ria, reason=" ")
    services.send_back(pack=pack, by=ria, reason="Section 9 is wrong.")
    assert (pack.state, signed(pack)) == ("built", [])
    assert set(SignOff.objects.values_list("voided_because", flat=True)) == {"Section 9 is wrong."}


def test_building_again_takes_every_name_away(stridewell, ed, mara, ria):
    pack = services.build_again(pack=approved(stridewell, [ed, mara, ria]), by=ed)
    assert (pack.state, signed(pack), services.job_of(pack).state) == ("requested", [], "queued")


def test_only_an_approved_pack_is_issued_and_with_a_reason(stridewell, ed, mara, ria):
    with pytest.raises(PackRefused, match="only an approved pack is issued"):
        services.ask_issue(pack=draft(stridewell, ed), by=ria, proof=proof(), reason="Audit.")
    with pytest.raises(ReasonMissing):
        services.ask_issue(pack=approved(stridewell, [ed, mara, ria]), by=ria, proof=proof(), reason="")


def test_names_under_another_content_issue_nothing(stridewell, ed, mara, ria):
    pack = approved(stridewell, [ed, mara, ria])
    with change(by="tests"):
        pack.content_sha256 = "0" * 64
        pack.save()
    with pytest.raises(PackRefused, match="was built anew after it was signed"):
        services.ask_issue(pack=pack, by=ria, proof=proof(), reason="Audit.")


def test_a_blocker_stops_the_issue_until_it_is_overridden(stridewell, ed, mara, ria):
    blocking()
    pack = draft(stridewell, ed)
    services.sign(pack=pack, step="prepared", by=ed, proof=proof())
    services.override_finding(
        pack=pack, check="PF02", finding="The statement is not approved.", by=mara, reason="The board sits on Monday."
    )
    services.sign(pack=pack, step="reviewed", by=mara, proof=proof())
    services.sign(pack=pack, step="approved", by=ria, proof=proof())
    assert services.ask_issue(pack=pack, by=ria, proof=proof(), reason="Audit.").state == "queued"
    (told,) = services.control_of(pack)["overrides"]
    assert (told["check"], told["by"], told["reason"]) == ("PF02", "Mara", "The board sits on Monday.")


def test_a_blocker_nobody_took_stops_the_issue(stridewell, ed, mara, ria):
    blocking()
    pack = approved(stridewell, [ed, mara, ria])
    with pytest.raises(PackRefused, match="PF02 holds it back"):
        services.ask_issue(pack=pack, by=ria, proof=proof(), reason="Audit.")


@pytest.mark.parametrize(
    ("check", "finding", "reason", "message"),
    [
        ("PF02", "The statement is not approved.", " ", "Say why the pack goes out"),
        ("PF02", "Something else.", "Because.", "PF02 does not hold this pack back"),
        ("PF01", "Something the reader should know.", "Because.", "PF01 does not hold this pack back"),
    ],
)
def test_only_a_finding_that_is_there_is_overridden_and_with_a_reason(
    check, finding, reason, message, stridewell, ed, mara
):
    blocking()
    with pytest.raises(Refused, match=message):
        services.override_finding(pack=draft(stridewell, ed), check=check, finding=finding, by=mara, reason=reason)
    assert Override.objects.count() == 0


def test_an_approved_pack_takes_no_more_overrides(stridewell, ed, mara, ria):
    blocking()
    pack = approved(stridewell, [ed, mara, ria])
    with pytest.raises(PackRefused, match="send it back before"):
        services.override_finding(
            pack=pack, check="PF02", finding="The statement is not approved.", by=mara, reason="Because."
        )


def test_an_issue_supersedes_the_one_before_of_the_same_line_only(stridewell, korvo, ed, mara, ria):
    people = [ed, mara, ria]
    first, other = issued(stridewell, people), issued(stridewell, people, type="soa_only")
    elsewhere = issued(korvo, people)
    second = issued(stridewell, people, edition="1.1")
    for pack in (first, other, elsewhere, second):
        pack.refresh_from_db()
    assert [pack.state for pack in (first, other, elsewhere, second)] == ["superseded", "issued", "issued", "issued"]
    assert (first.superseded_by, first.superseded_at, first.edition) == (second, second.issued_at, "1.0")


@pytest.mark.parametrize(
    ("period", "suggested"),
    [(None, "1.1"), (Period(date(2026, 7, 1), date(2026, 9, 30)), "2.0")],
    ids=["same period", "new period"],
)
def test_a_correction_has_a_minor_number_and_a_new_period_a_major_one(period, suggested, stridewell, ed, mara, ria):
    issued(stridewell, [ed, mara, ria])
    pack = draft(stridewell, ed, **({"period": period} if period else {}))
    assert (services.editions(pack), services.suggested_edition(pack)) == (("1.1", "2.0"), suggested)


def test_a_number_that_is_not_the_next_one_is_refused(stridewell, ed, mara, ria):
    with pytest.raises(PackRefused, match=r"Version 4\.0 is not the next one: use 1\.0\."):
        services.ask_issue(
            pack=approved(stridewell, [ed, mara, ria]), by=ria, proof=proof(), reason="Audit.", edition="4.0"
        )


@pytest.mark.parametrize("superseded", [False, True])
def test_an_issue_is_withdrawn_with_a_reason_and_keeps_its_files(superseded, stridewell, ed, mara, ria):
    pack = issued(stridewell, [ed, mara, ria])
    if superseded:
        issued(stridewell, [ed, mara, ria], edition="1.1")
        pack.refresh_from_db()
    with pytest.raises(ReasonMissing):
        services.withdraw(pack=pack, by=ria, proof=proof(), reason="")
    services.withdraw(pack=pack, by=ria, proof=proof(), reason="A risk was missing.")
    pack.refresh_from_db()
    assert (pack.state, pack.withdrawal, pack.withdrawn_by, pack.pdf.path.exists()) == (
        "withdrawn",
        "A risk was missing.",
        ria,
        True,
    )


@pytest.mark.parametrize("state", ["requested", "built", "approved", "discarded", "withdrawn"])
def test_nothing_but_an_issue_is_withdrawn(state, stridewell, ed, mara, ria):
    pack = _in(state, stridewell, [ed, mara, ria])
    with pytest.raises(PackRefused, match="only an issued pack is withdrawn"):
        services.withdraw(pack=pack, by=ria, proof=proof(), reason="Wrong.")


@pytest.mark.parametrize("state", ["issued", "superseded", "withdrawn", "discarded"])
@pytest.mark.parametrize("move", ["discard", "send_back", "build_again"])
def test_what_is_issued_or_gone_is_no_draft_again(move, state, stridewell, ed, mara, ria):
    pack = _in(state, stridewell, [ed, mara, ria])
    with pytest.raises(PackRefused):
        getattr(services, move)(pack=pack, by=mara, reason="Because.")
    with pytest.raises(PackRefused):
        services.sign(pack=pack, step="prepared", by=mara, proof=proof())


def _in(state, project, people):
    if state == "requested":
        period = Period(date(2026, 1, 1), date(2026, 1, 2))
        return services.request_pack(scope=project, type="isms_27001", period=period, by=people[0])
    if state in {"built", "discarded"}:
        pack = draft(project, people[0])
        return services.discard(pack=pack, by=people[0], reason="No.") if state == "discarded" else pack
    if state == "approved":
        return approved(project, people)
    pack = issued(project, people)
    if state == "superseded":
        issued(project, people, edition="2.0")
    if state == "withdrawn":
        services.withdraw(pack=pack, by=people[-1], proof=proof(), reason="Wrong.")
    pack.refresh_from_db()
    return pack


@pytest.mark.parametrize("name", NAMES)
def test_no_field_of_an_issued_pack_can_be_changed(name, stridewell, ed, mara, ria):
    pack = issued(stridewell, [ed, mara, ria])
    value = {"as_at": datetime(2020, 1, 1, tzinfo=UTC), "issued_at": datetime(2020, 1, 1, tzinfo=UTC)}
    value |= {"issued_by": mara, "pdf": None, "archive": None}
    setattr(pack, name, value.get(name, "changed"))
    with pytest.raises(PackFrozen) as refused, change(by="tests", reason="I try."):
        pack.save()
    assert str(refused.value).endswith("cannot be changed. Issue a new one.")
    assert getattr(EvidencePack.objects.get(pk=pack.pk), name) != getattr(pack, name)


def test_an_issued_pack_does_not_become_a_draft_is_not_deleted_and_is_not_updated_in_bulk(stridewell, ed, mara, ria):
    pack = issued(stridewell, [ed, mara, ria])
    with pytest.raises(PackFrozen), change(by="tests"):
        pack.delete()
    with pytest.raises(NotImplementedError), change(by="tests"):
        EvidencePack.objects.bulk_update([pack], ["edition"])
    with pytest.raises(NotImplementedError):
        EvidencePack.objects.filter(pk=pack.pk).update(edition="9.0")
    pack.state = State.BUILT
    with pytest.raises(PackFrozen, match="cannot go back"), change(by="tests"):
        pack.save()


def test_discarding_calls_the_work_off(stridewell, ed):
    pack = services.request_pack(
        scope=stridewell, type="isms_27001", period=Period(date(2026, 1, 1), date(2026, 1, 2)), by=ed
    )
    services.discard(pack=pack, by=ed, reason="Asked by mistake.")
    assert (pack.state, Job.objects.get().state, Job.objects.get().error) == (
        "discarded",
        "cancelled",
        "Asked by mistake.",
    )


def test_a_pack_of_the_organisation_has_its_own_line(lumaro, stridewell, ed, mara, ria):
    people = [mara, ria, ed]
    shared, own = issued(lumaro, people), issued(stridewell, people)
    assert (shared.get_absolute_url(), own.get_absolute_url()) == (
        "/organisations/lumaro/packs/PK-0001/",
        "/projects/stridewell/packs/PK-0002/",
    )
    assert [pack.state for pack in EvidencePack.objects.order_by("reference")] == ["issued", "issued"]


def test_a_period_of_time_between_proof_and_signature_is_allowed(stridewell, ed):
    typed = Proof("passkey", datetime.now(UTC) - timedelta(minutes=14))
    assert services.sign(pack=draft(stridewell, ed), step="prepared", by=ed, proof=typed).method == (
        "confirmed with passkey"
    )
