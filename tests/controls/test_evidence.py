"""Evidence is taken in under its hash, judged by somebody else, and ages."""

from datetime import UTC, date, datetime
from hashlib import sha256
from io import BytesIO
from itertools import product

import pytest

from compliance.accounts.models import User
from compliance.files.models import Blob
from compliance.ledger import Refused, change
from compliance.projects.models import Organisation
from controls.models import (
    EVIDENCE_MOVES,
    Evidence,
    EvidenceKind,
    EvidenceState,
    EvidenceVersion,
    Implementation,
)
from controls.services.evidence import (
    FRESHNESS,
    Facts,
    FilesRefused,
    Links,
    Upload,
    submit_all,
    submit_evidence,
    submit_version,
)
from controls.services.review import (
    CannotAccept,
    NotYourEvidence,
    accept_evidence,
    begin_review,
    reject_evidence,
    withdraw_evidence,
)

ACT = {
    "under_review": lambda version, by: begin_review(version=version, by=by),
    "accepted": lambda version, by: accept_evidence(version=version, by=by, note="Dated and complete."),
    "rejected": lambda version, by: reject_evidence(version=version, by=by, code="undated"),
    "withdrawn": lambda version, by: withdraw_evidence(version=version, by=by, reason="Wrong system"),
}
CLICKED = [(a, b) for a, b in product(EvidenceState.values, ACT) if b in EVIDENCE_MOVES[a]]
REFUSED = [(a, b) for a, b in product(EvidenceState.values, ACT) if b not in EVIDENCE_MOVES[a]]


def facts(by: User, **other: object) -> Facts:
    given = {"observed_at": datetime(2026, 11, 1, 9, tzinfo=UTC), "source": "Console", "method": "automated", **other}
    return Facts(collected_by=by, **given)


def in_state(evidence: Evidence, state: str, mara: User) -> EvidenceVersion:
    version = evidence.versions.get()
    with change(by=mara):
        version.state = state
        version.save()
    return version


def test_a_file_is_hashed_on_receipt(evidence: Evidence) -> None:
    version = evidence.versions.get()

    assert (evidence.reference, version.number, version.state) == ("EV-001", 1, "submitted")
    assert version.blob_id == sha256(b"%PDF-1.7 restore report").hexdigest()
    assert (version.blob.content_type, version.file_name) == ("application/pdf", "restore.pdf")
    assert version.valid_until == date(2027, 4, 30)


@pytest.mark.parametrize(("start", "to"), CLICKED)
def test_each_allowed_step_is_taken(start: str, to: str, evidence: Evidence, mara: User, ria: User) -> None:
    version = in_state(evidence, start, mara)

    ACT[to](version, ria)

    assert EvidenceVersion.objects.get().state == to


@pytest.mark.parametrize(("start", "to"), REFUSED)
def test_each_forbidden_step_is_refused(start: str, to: str, evidence: Evidence, mara: User, ria: User) -> None:
    version = in_state(evidence, start, mara)

    with pytest.raises(Refused):
        ACT[to](version, ria)

    assert EvidenceVersion.objects.get().state == start


def test_nobody_judges_their_own_evidence(evidence: Evidence, mara: User, ria: User) -> None:
    with pytest.raises(NotYourEvidence):
        begin_review(version=evidence.versions.get(), by=mara)
    version = begin_review(version=evidence.versions.get(), by=ria)
    for judge in (accept_evidence, reject_evidence):
        with pytest.raises(NotYourEvidence):
            judge(version=version, by=mara, note="Mine", **({"code": "undated"} if judge is reject_evidence else {}))


def test_nor_what_somebody_else_handed_in_for_them(running, lumaro, mara: User, ria: User) -> None:
    evidence = submit_evidence(
        scope=lumaro,
        title="Interview",
        shows="It is done daily.",
        kind="interview_note",
        facts=facts(ria, source_url="https://wiki.lumaro.example/interview"),
        links=Links(implementations=[running]),
        by=mara,
    )

    with pytest.raises(NotYourEvidence):
        begin_review(version=evidence.versions.get(), by=ria)


def test_changed_bytes_are_not_accepted(evidence: Evidence, ria: User) -> None:
    version = begin_review(version=evidence.versions.get(), by=ria)
    version.blob.path.write_bytes(b"%PDF-1.7 something else")

    with pytest.raises(CannotAccept) as refused:
        accept_evidence(version=version, by=ria, note="Dated and complete.")

    assert str(refused.value).endswith("It cannot be accepted: ask for the file again.")
    version.blob.path.unlink()


def test_evidence_about_nothing_is_not_accepted(lumaro: Organisation, mara: User, ria: User) -> None:
    evidence = submit_evidence(
        scope=lumaro,
        title="Loose",
        shows="Something.",
        kind="ticket",
        facts=facts(mara, source_url="https://tickets.lumaro.example/1"),
        by=mara,
    )
    version = begin_review(version=evidence.versions.get(), by=ria)

    with pytest.raises(CannotAccept):
        accept_evidence(version=version, by=ria, note="Dated and complete.")


def test_a_rejection_has_a_reason_the_collector_can_act_on(evidence: Evidence, ria: User) -> None:
    version = begin_review(version=evidence.versions.get(), by=ria)
    with pytest.raises(Refused):
        reject_evidence(version=version, by=ria, code="dislike")

    reject_evidence(version=version, by=ria, code="undated", note="No date on the page")

    assert version.history.first().history_change_reason == "Undated. No date on the page"


def test_a_newer_version_supersedes_the_accepted_one_when_it_is_accepted_itself(
    evidence: Evidence, mara: User, ria: User
) -> None:
    accept_evidence(version=begin_review(version=evidence.versions.get(), by=ria), by=ria, note="Complete.")
    newer = submit_version(
        evidence=evidence, facts=facts(mara), upload=Upload(BytesIO(b"%PDF-1.7 newer"), "newer.pdf"), by=mara
    )
    assert [one.state for one in evidence.versions.order_by("number")] == ["accepted", "submitted"]

    accept_evidence(version=begin_review(version=newer, by=ria), by=ria, note="Dated and complete.")

    assert [(one.state, one.latest) for one in evidence.versions.order_by("number")] == [
        ("superseded", False),
        ("accepted", True),
    ]


def test_a_rejected_version_is_superseded_by_the_next(evidence: Evidence, mara: User, ria: User) -> None:
    reject_evidence(version=begin_review(version=evidence.versions.get(), by=ria), by=ria, code="undated")

    submit_version(evidence=evidence, facts=facts(mara, source_url="https://a.example/x"), by=mara)

    assert [one.state for one in evidence.versions.order_by("number")] == ["superseded", "submitted"]


def test_withdrawn_evidence_stays_withdrawn(evidence: Evidence, mara: User) -> None:
    with pytest.raises(Refused):
        withdraw_evidence(version=evidence.versions.get(), by=mara, reason="")
    withdraw_evidence(version=evidence.versions.get(), by=mara, reason="Wrong system")

    with pytest.raises(Refused):
        submit_version(evidence=evidence, facts=facts(mara, source_url="https://a.example/x"), by=mara)
    assert evidence.versions.get().blob is not None


def test_expiring_and_expired_follow_from_the_day(evidence: Evidence, mara: User) -> None:
    version = in_state(evidence, "accepted", mara)
    days = [date(2027, 3, 30), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 1)]

    assert [version.standing_on(day) for day in days] == ["accepted", "expiring", "expiring", "expired"]
    asked = [EvidenceVersion.objects.with_standing(day).get().standing for day in days]
    assert asked == ["accepted", "expiring", "expiring", "expired"]
    assert [EvidenceVersion.objects.in_force(day).count() for day in days] == [1, 1, 1, 0]


def test_files_over_the_limit_and_of_forbidden_types_are_named_and_none_is_kept(
    lumaro: Organisation, running: Implementation, mara: User, settings
) -> None:
    settings.ASSAY_EVIDENCE_MAX_BYTES = 1024
    before = Blob.objects.count()
    uploads = [
        Upload(BytesIO(b"%PDF-1.7 never kept"), "fine.pdf"),
        Upload(BytesIO(b"%PDF-1.7" + b"x" * 2000), "huge.pdf"),
        Upload(BytesIO(b"MZ" + b"\0" * 20), "setup.exe"),
    ]

    with pytest.raises(FilesRefused) as refused:
        submit_all(
            scope=lumaro, uploads=uploads, title="Scan", shows="x", kind="scan_report", facts=facts(mara), by=mara
        )

    assert refused.value.problems == [
        "huge.pdf is larger than 1 kB, the most a file may have.",
        "setup.exe is a Windows program, which is not kept: hand in a PDF, picture, office document, text or ZIP.",
    ]
    assert (Evidence.objects.count(), EvidenceVersion.objects.count(), Blob.objects.count()) == (0, 0, before)


def test_several_files_become_several_pieces(lumaro: Organisation, running, mara: User) -> None:
    uploads = [Upload(BytesIO(f"%PDF-1.7 {n}".encode()), f"scan {n}.pdf") for n in (1, 2)]

    found = submit_all(
        scope=lumaro,
        uploads=uploads,
        title="TLS",
        shows="x",
        kind="scan_report",
        facts=facts(mara),
        links=Links(implementations=[running]),
        by=mara,
    )

    assert [(one.reference, one.title) for one in found] == [("EV-001", "TLS: scan 1"), ("EV-002", "TLS: scan 2")]
    assert [one.implementation_links.count() for one in found] == [1, 1]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"observed_at": None}, "Say when it was so"),
        (
            {"observed_at": None, "period_start": date(2026, 3, 1), "period_end": date(2026, 1, 1)},
            "The period ends on 1 Jan 2026, before it starts on 1 Mar 2026.",
        ),
        ({"source": " "}, "Name the source"),
    ],
)
def test_undated_or_sourceless_evidence_is_refused(given: dict, said: str, lumaro, mara: User) -> None:
    with pytest.raises(Refused) as refused:
        submit_evidence(
            scope=lumaro,
            title="x",
            shows="x",
            kind="ticket",
            facts=facts(mara, source_url="https://a.example", **given),
            by=mara,
        )

    assert str(refused.value).startswith(said)
    assert Evidence.objects.count() == 0


def test_neither_file_nor_address_is_refused(lumaro: Organisation, mara: User) -> None:
    with pytest.raises(Refused):
        submit_evidence(scope=lumaro, title="x", shows="x", kind="ticket", facts=facts(mara), by=mara)


def test_every_kind_has_a_freshness() -> None:
    assert set(FRESHNESS) == set(EvidenceKind.values)
