"""Documents: each move once allowed and once refused, four eyes for everybody, read by those they concern."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.ledger import Refused
from compliance.projects.models import Organisation, Project
from compliance.projects.services import grant_role
from compliance.tasks.services import waiting_for, waiting_in
from controls.models import DOCUMENT_MOVES, Document, DocumentVersion, VersionState
from controls.services.comparison import compared
from controls.services.document import (
    Draft,
    add_document,
    decide_version,
    draft_version,
    edit_document,
    edit_version,
    months_after,
    publish_version,
    review_document,
    submit_version,
    withdraw_version,
)
from controls.services.evidence import Upload
from controls.services.reading import acknowledge, readings, to_read
from tests.controls.documents import TEXT, publish, write

ACTS: dict[str, Callable[[DocumentVersion, User, User], object]] = {
    "review": lambda version, by, other: submit_version(version=version, by=by),
    "approved": lambda version, by, other: decide_version(version=version, approve=True, by=other, reason="Read it"),
    "draft": lambda version, by, other: decide_version(version=version, approve=False, by=other, reason="Not yet"),
    "published": lambda version, by, other: publish_version(version=version, by=by),
    "withdrawn": lambda version, by, other: withdraw_version(version=version, by=by, reason="No longer needed"),
}
WAY = {
    "draft": (),
    "review": ("review",),
    "approved": ("review", "approved"),
    "published": ("review", "approved", "published"),
    "withdrawn": ("withdrawn",),
}
LABELS = {state.value: state.label.lower() for state in VersionState}


@pytest.mark.parametrize(("start", "to"), [(start, to) for start in WAY for to in ACTS])
def test_every_move_is_allowed_or_refused_in_words(
    lumaro: Organisation, mara: User, ria: User, start: str, to: str
) -> None:
    version = write(lumaro, mara)
    for step in WAY[start]:
        ACTS[step](version, mara, ria)

    if to in DOCUMENT_MOVES[start]:
        ACTS[to](version, mara, ria)
        assert version.state == to
    else:
        with pytest.raises(Refused, match=rf"^DOC-001 v1 is {LABELS[start]}: it cannot become {LABELS[to]} from there"):
            ACTS[to](version, mara, ria)


def test_nobody_approves_what_they_wrote_not_even_an_admin(lumaro: Organisation, mara: User, ria: User) -> None:
    version = write(lumaro, mara)
    edit_version(version=version, draft=Draft("Shorter", "Be careful."), by=ria)
    grant_role(user=ria, role="compliance_officer", scope=lumaro, by=mara)
    submit_version(version=version, by=ria)

    for somebody in (mara, ria):  # the first author, and the last
        with pytest.raises(NotYours, match=r"^You put this forward yourself: somebody else has to decide\.$"):
            decide_version(version=version, approve=True, by=somebody, reason="Mine is good")
    assert version.approval.state == "requested"


def test_who_sent_a_draft_back_may_approve_it_later(lumaro: Organisation, mara: User, ria: User) -> None:
    version = write(lumaro, mara)
    submit_version(version=version, by=mara)
    decide_version(version=version, approve=False, by=ria, reason="Too long")
    edit_version(version=version, draft=Draft("Shorter", "Be careful."), by=mara)
    submit_version(version=version, by=mara)

    assert decide_version(version=version, approve=True, by=ria, reason="Good now").state == "approved"


def test_what_was_approved_is_what_is_published(lumaro: Organisation, mara: User, ria: User) -> None:
    version = write(lumaro, mara)
    submit_version(version=version, by=mara)
    decide_version(version=version, approve=True, by=ria, reason="Read it")
    edit_document(document=version.document, about={"title": "Something else"}, by=mara)

    with pytest.raises(Refused, match=r"^What was approved of DOC-001 v1 differs from what it says now"):
        publish_version(version=version, by=mara)


def test_a_new_version_supersedes_the_old_when_it_is_published(lumaro: Organisation, mara: User, ria: User) -> None:
    document = publish(write(lumaro, mara), mara, ria)
    second = draft_version(document=document, draft=Draft("Phones added", f"{TEXT}\nLock your phone."), by=mara)

    with pytest.raises(Refused, match=r"^DOC-001 v2 is not finished: go on with it, or withdraw it first\.$"):
        draft_version(document=document, draft=Draft("Again", "x"), by=mara)
    publish(second, mara, ria)
    first = document.versions.get(number=1)
    found = compared(first, second)

    assert (first.state, second.state) == ("superseded", "published")
    assert [(line.kind, line.text) for line in found.lines][-1] == ("new", "Lock your phone.")
    assert (found.new, found.gone, found.files_differ) == (1, 0, False)
    with pytest.raises(Refused, match=r"^DOC-001 v1 is superseded: only a draft is changed. Begin a new version\.$"):
        edit_version(version=first, draft=Draft("Late", "x"), by=mara)


def test_a_file_stands_for_the_text_and_a_page_of_the_web_is_refused(lumaro: Organisation, mara: User) -> None:
    web = Upload(BytesIO(b"<html><script>"), "policy.html")
    about = {"title": "Policy", "owner": mara}

    assert write(lumaro, mara, upload=b"%PDF-1.7 policy").blob is not None
    for draft, said in (
        (Draft("First", "", web), r"^policy.html is a web page, which is not kept"),
        (Draft("First", " "), r"^Write the text, or hand in a file\.$"),
        (Draft(" ", "Text"), r"^Say what changed"),
    ):
        with pytest.raises(Refused, match=said):
            add_document(organisation=lumaro, about=about, draft=draft, by=mara)
    assert Document.objects.count() == 1


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"answers": "no-such"}, r"^no-such is no required document: choose from the list\.$"),
        ({"review_months": 61}, r"^Review a document every 1 to 60 months\.$"),
        ({"title": " "}, r"^Give the document a title"),
        ({"version": 3}, r"^The version of a document is not set here\.$"),
    ],
)
def test_what_cannot_be_said_of_a_document(lumaro: Organisation, mara: User, about: dict, said: str) -> None:
    with pytest.raises(Refused, match=said):
        edit_document(document=write(lumaro, mara).document, about=about, by=mara)


def test_a_review_sets_the_next_and_needs_a_version_in_force(lumaro: Organisation, mara: User, ria: User) -> None:
    version = write(lumaro, mara, review_months=6)
    with pytest.raises(Refused, match=r"^DOC-001 has no published version to review: publish one first\.$"):
        review_document(document=version.document, by=mara, reason="Read")
    document = publish(version, mara, ria)
    today = timezone.now().date()

    assert document.review_date == months_after(today, 6)
    with pytest.raises(Refused, match=r"^The next review has to be after today\.$"):
        review_document(document=document, by=mara, reason="Read", next_date=today)
    assert review_document(document=document, by=mara, reason="Still so").review_date == months_after(today, 6)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_months_end_where_the_month_does(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


def test_people_confirm_what_concerns_them(
    lumaro: Organisation, mara: User, ria: User, ed: User, ada: User, otto: User
) -> None:
    document = publish(write(lumaro, mara, audience="everyone", acknowledge_days=14), mara, ria)
    version, now = document.versions.get(), timezone.now()

    acknowledge(version=version, by=ed)
    acknowledge(version=version, by=ed)
    (reading,) = readings(lumaro, now)

    assert (reading.done, reading.total, reading.percent) == (1, 3, 33)  # Mara, Ria, Ed; auditors never
    assert (to_read(ed, lumaro, now), to_read(ria, lumaro, now)) == ([], [version])
    for somebody in (ada, otto):
        with pytest.raises(Refused, match=r"^DOC-001 does not ask you to confirm having read it\.$"):
            acknowledge(version=version, by=somebody)
    mine = [(line.reference, line.title, line.date) for line in waiting_for(ria, now)]
    assert mine == [("DOC-001", "Security policy: read and confirm", (now + timedelta(days=14)).date())]


def test_only_what_is_in_force_is_confirmed_and_a_new_version_asks_again(
    lumaro: Organisation, mara: User, ria: User
) -> None:
    version = write(lumaro, mara, audience="risk_owner")
    with pytest.raises(Refused, match=r"^DOC-001 v1 is draft: only the published version is confirmed\.$"):
        acknowledge(version=version, by=ria)
    document = publish(version, mara, ria)
    acknowledge(version=version, by=ria)
    publish(draft_version(document=document, draft=Draft("New", "New text"), by=mara), mara, ria)

    assert [(one.done, one.total) for one in readings(lumaro, timezone.now())] == [(0, 1)]


def test_what_falls_due_of_documents_is_one_line_each(
    lumaro: Organisation, stridewell: Project, mara: User, ria: User
) -> None:
    class Everything:
        def __getattr__(self, name: str) -> "Everything":
            return self

    publish(write(lumaro, mara, audience="everyone", review_months=1), mara, ria)

    lines = [line.title for line in waiting_in(lumaro, Everything(), timezone.now())]

    assert lines == ["Security policy: 0 of 2 have confirmed", "Security policy: review"]
    assert waiting_in(stridewell, Everything(), timezone.now()) == []
