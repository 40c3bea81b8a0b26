"""Pages of documents and of the scope, from the draft to the last reader."""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.accounts.models import User
from compliance.projects.models import Organisation, Project
from controls.models import Document, ScopeStatement
from tests.controls.documents import TEXT, publish, write

SignIn = Callable[[User], Client]


def test_a_document_goes_from_draft_to_reader_through_its_pages(
    lumaro: Organisation, mara: User, ria: User, sign_in: SignIn
) -> None:
    maker, approver = sign_in(mara), sign_in(ria)

    def url(page: str, *args: object) -> str:
        return reverse(f"controls:{page}", args=[lumaro.slug, *args])

    about = {
        "title": "Policy",
        "kind": "policy",
        "classification": "internal",
        "owner": mara.pk,
        "audience": "everyone",
    }
    about |= {"acknowledge_days": 30, "review_months": 12, "answers": ["isms-policy"], "summary": "First version"}
    empty = maker.post(url("document_add"), about)
    maker.post(url("document_add"), {**about, "text": TEXT})
    maker.post(url("document_submit", "DOC-001"))
    own = maker.post(url("document_decide", "DOC-001"), {"verdict": "approve", "reason": "Mine"})
    approver.post(url("document_decide", "DOC-001"), {"verdict": "approve", "reason": "Read it"})
    maker.post(url("document_publish", "DOC-001"))
    approver.post(url("document_acknowledge", "DOC-001"), {"version": "1"})
    shown = approver.get(url("document", "DOC-001")).context
    required = approver.get(url("documents_required")).context

    assert (empty.status_code, "Write the text, or hand in a file." in empty.text) == (422, True)
    assert (own.status_code, "somebody else has to decide" in own.text) == (422, True)
    assert (shown["reading"].done, shown["reading"].total, shown["to_confirm"]) == (1, 2, False)
    assert (shown["changed"], required["counts"]["present_current"]) == (False, 1)


def test_a_draft_changed_meanwhile_is_not_overwritten(lumaro: Organisation, mara: User, sign_in: SignIn) -> None:
    version, client = write(lumaro, mara), sign_in(mara)
    url = reverse("controls:document_draft", args=[lumaro.slug, version.document.reference])

    first = client.post(url, {"summary": "Mine", "text": "Mine", "held": version.version})
    second = client.post(url, {"summary": "Theirs", "text": "Theirs", "held": version.version})

    version.refresh_from_db()
    assert (first.status_code, second.status_code, version.text) == (302, 409, "Mine")


def test_the_list_costs_the_same_with_one_document_and_with_three(
    lumaro: Organisation, mara: User, ria: User, sign_in: SignIn
) -> None:
    client, url = sign_in(mara), reverse("controls:documents", args=[lumaro.slug])
    counts = []
    for many in (1, 2):
        for number in range(many):
            publish(write(lumaro, mara, f"Policy {many}{number}", audience="everyone"), mara, ria)
        client.get(url)
        with CaptureQueriesContext(connection) as found:
            listing = client.get(url).context["listing"]
        counts.append(len(found))

    assert counts[0] == counts[1]
    assert [(row.standing, row.asked, row.confirmed) for row in listing.page] == [("published", 2, 0)] * 3


def test_the_scope_is_stated_and_approved_on_its_pages(
    lumaro: Organisation, stridewell: Project, mara: User, ria: User, sign_in: SignIn
) -> None:
    maker, approver = sign_in(mara), sign_in(ria)
    draft, decide = (reverse(f"controls:{name}", args=[lumaro.slug]) for name in ("scope_draft", "scope_decide"))
    said = {"statement": "All apps.", "summary": "First version", "projects": [stridewell.pk]}

    maker.post(draft, said)
    stale = maker.post(draft, {**said, "version": "0"})
    maker.post(reverse("controls:scope_submit", args=[lumaro.slug]))
    approver.post(decide, {"verdict": "approve", "reason": "Read it"})

    scope = ScopeStatement.objects.get()
    shown = approver.get(reverse("controls:scope", args=[lumaro.slug])).context["shown"]
    assert (stale.status_code, scope.state, shown) == (409, "approved", scope)
    assert Document.objects.count() == 0
