"""The pages of a pack: asking, signing with a password, checks, files, and checking a file."""

from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from compliance.packs import hooks, registry, services
from compliance.packs.models import EvidencePack, Override, SignOff
from compliance.packs.registry import Finding
from tests.conftest import PASSWORD
from tests.packs.drafts import approved, draft, issued

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rooms")]
PACK_QUERIES = 10


def signing(user, client=None):
    """A browser whose person has just typed the password again."""
    client = client or Client()
    client.force_login(user)
    answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": "/"})
    assert answer.status_code == 302
    return client


def test_signing_asks_for_the_password_and_comes_back(stridewell, ed, sign_in):
    pack, client = draft(stridewell, ed), sign_in(ed)
    page = pack.address("prepare")
    asked = client.get(page)
    assert (asked.status_code, asked.url) == (
        302,
        f"{reverse('account_reauthenticate')}?next={page.replace('/', '%2F')}",
    )
    back = client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": page})
    assert (back.status_code, back.url) == (302, page)
    done = client.post(page, {"reason": "Read it all."})
    assert (done.status_code, done.url) == (302, pack.get_absolute_url())
    assert SignOff.objects.get().method == "confirmed with password"


def test_signing_in_alone_is_no_proof(stridewell, ed):
    pack, client = draft(stridewell, ed), Client()
    client.post(reverse("account_login"), {"login": ed.email, "password": PASSWORD})
    assert client.post(pack.address("prepare"), {}).url.startswith(reverse("account_reauthenticate"))
    assert SignOff.objects.count() == 0


def test_the_whole_way_on_pages(stridewell, ed, mara, ria):
    pack = draft(stridewell, ed)
    for move, person in (("prepare", ed), ("review", mara), ("approve", ria)):
        assert signing(person).post(pack.address(move), {}).status_code == 302
    answer = signing(ria).post(pack.address("issue"), {"reason": "Audit.", "edition": "1.0"})
    assert answer.status_code == 302
    pack.refresh_from_db()
    job = services.job_of(pack)
    assert (pack.state, job.kind, job.arguments["edition"], job.requested_by) == ("approved", "packs.issue", "1.0", ria)
    assert b"Being issued" in signing(ria).get(pack.get_absolute_url()).content


def test_a_refusal_stands_on_the_form(stridewell, ed, mara):
    pack = draft(stridewell, ed)
    signing(ed).post(pack.address("prepare"), {})
    signing(mara).post(pack.address("review"), {})
    answer = signing(mara).post(pack.address("approve"), {})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == [
        "You signed this pack already: the next step is somebody else's."
    ]


def test_editors_prepare_and_do_not_issue(stridewell, ed, mara, ria):
    pack, client = approved(stridewell, [ed, mara, ria]), signing(ed)
    assert client.get(pack.address("issue")).status_code == 403
    assert [move["key"] for move in client.get(pack.get_absolute_url()).context["moves"]] == ["build-again", "discard"]


def test_an_auditor_sees_what_was_issued_and_nothing_else(stridewell, ed, mara, ria, ada, sign_in):
    shown, hidden = issued(stridewell, [ed, mara, ria]), draft(stridewell, ed, type="soa_only")
    client = sign_in(ada)
    assert [client.get(pack.get_absolute_url()).status_code for pack in (shown, hidden)] == [200, 404]
    assert client.get(hidden.address("download", "pdf")).status_code == 404
    listing = client.get(reverse("packs:packs", args=["stridewell"])).context["listing"]
    assert [pack.reference for pack in listing.page] == [shown.reference]


def test_the_list_is_narrowed_by_kind_and_state(stridewell, ed, mara, ria, sign_in):
    first = issued(stridewell, [ed, mara, ria])
    draft(stridewell, ed, type="soa_only")
    address = reverse("packs:packs", args=["stridewell"])
    for asked in ({"type": "isms_27001"}, {"state": "issued"}):
        listing = sign_in(mara).get(address, asked).context["listing"]
        assert [pack.reference for pack in listing.page] == [first.reference]


def test_an_organisation_lists_its_own_packs_and_those_of_its_projects(lumaro, stridewell, mara, ria, ed, sign_in):
    shared, own = draft(lumaro, mara), draft(stridewell, ed)
    address = reverse("packs:organisation_packs", args=["lumaro"])
    listing = sign_in(mara).get(address).context["listing"]
    assert {pack.reference for pack in listing.page} == {shared.reference, own.reference}
    listing = sign_in(mara).get(address, {"project": str(stridewell.pk)}).context["listing"]
    assert [pack.reference for pack in listing.page] == [own.reference]


def test_asking_begins_with_the_time_since_the_last_issue(stridewell, ed, mara, ria, sign_in):
    address, today = reverse("packs:pack_add", args=["stridewell"]), timezone.now().date()
    before = sign_in(mara).get(address, {"type": "isms_27001"}).context["form"].initial
    assert (before["period_start"].year, before["period_end"], before["as_at"]) == (today.year - 1, today, today)
    pack = issued(stridewell, [ed, mara, ria])
    after = sign_in(mara).get(address, {"type": "isms_27001"}).context["form"].initial
    assert (after["period_start"], after["period_end"]) == (pack.period_end_date, today)


def test_the_second_to_ask_for_the_same_gets_the_pack_of_the_first(stridewell, mara, ed, sign_in):
    today = str(timezone.now().date())
    form = {"type": "soa_only", "as_at": today, "period_start": today, "period_end": today, "profile": "auditor"}
    address = reverse("packs:pack_add", args=["stridewell"])
    first, second = (sign_in(user).post(address, form, follow=True) for user in (mara, ed))
    assert first.redirect_chain == second.redirect_chain
    assert EvidencePack.objects.count() == 1
    assert [str(message) for message in second.context["messages"]] == [
        "Mara asked for the same pack a moment ago: this is it."
    ]


def test_the_checks_say_what_holds_back_and_lead_to_the_override(stridewell, ed, mara, sign_in):
    found = [Finding("PF02", "block", "The statement is not approved.", "/mend/")]
    registry.check("PF02", level="block")(lambda *_: found)
    pack, client = draft(stridewell, ed), sign_in(mara)
    page = client.get(pack.address("preflight"))
    assert page.context["held"] == 1
    answer = client.post(
        pack.address("override"), {"check": "PF02", "finding": "The statement is not approved.", "reason": "Monday."}
    )
    assert (answer.status_code, Override.objects.get().by) == (302, mara)
    assert client.get(pack.address("preflight")).context["held"] == 0


def test_checking_again_tells_what_is_mended_by_now(stridewell, ed, mara, sign_in):
    found = [Finding("PF02", "block", "Not approved.")]
    registry.check("PF02", level="block")(lambda *_: list(found))
    pack = draft(stridewell, ed)
    client = sign_in(mara)
    before = client.get(f"{pack.address('preflight')}?again").context
    found.clear()
    after = client.get(f"{pack.address('preflight')}?again").context
    assert [(one["held"], one["mended"]) for one in (before, after)] == [(1, False), (1, True)]


def test_an_auditor_cannot_override(stridewell, ed, mara, ria, ada, sign_in):
    pack = issued(stridewell, [ed, mara, ria])
    assert sign_in(ada).post(pack.address("override"), {"reason": "x"}).status_code == 403


def test_a_download_is_byte_for_byte_what_was_issued_and_is_told(stridewell, ed, mara, ria, sign_in, monkeypatch):
    told = []
    monkeypatch.setattr(hooks, "_handed_out", [lambda *what: told.append(what)])
    pack = issued(stridewell, [ed, mara, ria])
    issued(stridewell, [ed, mara, ria], edition="1.1")
    response = sign_in(ria).get(pack.address("download", "pdf"))
    assert sha256(b"".join(response.streaming_content)).hexdigest() == pack.pdf_id
    assert told == [(pack, "pdf", pack.pdf, ria)]
    assert response["Content-Disposition"] == (
        f'attachment; filename="PK-0001_v1.0_stridewell_{pack.as_at:%Y-%m-%d}.pdf"'
    )


def test_a_damaged_file_is_told_and_not_handed_out(stridewell, ed, mara, ria, sign_in):
    pack = issued(stridewell, [ed, mara, ria])
    pack.pdf.path.write_bytes(b"something else")
    response = sign_in(ria).get(pack.address("download", "pdf"), follow=True)
    pack.pdf.path.unlink()
    assert "has been changed in the store" in str(next(iter(response.context["messages"])))


def test_anybody_who_may_see_a_pack_can_check_a_file_of_it(stridewell, ed, mara, ria, ada, otto, sign_in):
    pack = issued(stridewell, [ed, mara, ria])
    address = reverse("packs:verify_pack", args=[pack.reference])
    file = SimpleUploadedFile("got.pdf", pack.pdf.path.read_bytes())
    page = sign_in(ada).post(address, {"file": file})
    assert [(one.pack, one.what, one.issued) for one in page.context["found"]] == [(pack, "the PDF", True)]
    for digest in (pack.pdf_id.upper(), f"{pack.pdf_id}  got.pdf", f"SHA256: {pack.pdf_id}"):
        assert sign_in(ada).post(address, {"sha256": digest}).context["found"][0].pack == pack
    stranger = sign_in(otto).post(address, {"sha256": pack.pdf_id})
    assert (stranger.context["found"], stranger.context["packs"]) == ([], [])


def test_a_draft_of_an_issued_pack_is_called_a_draft(stridewell, ed, mara, ria, sign_in):
    pack = draft(stridewell, ed)
    drafted = pack.pdf_id
    services.discard(pack=pack, by=ed, reason="No.")
    (found,) = sign_in(mara).post(reverse("packs:verify"), {"sha256": drafted}).context["found"]
    assert (found.pack, found.issued) == (pack, False)


@pytest.mark.parametrize(
    ("data", "field"), [({}, "file"), ({"sha256": "abc"}, "sha256"), ({"sha256": "z" * 64}, "sha256")]
)
def test_nothing_or_nonsense_to_check_is_told_beside_the_field(data, field, mara, sign_in):
    response = sign_in(mara).post(reverse("packs:verify"), data)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])


def test_checking_keeps_nothing_and_still_wants_its_token(mara, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    client = Client(enforce_csrf_checks=True)
    client.force_login(mara)
    file = SimpleUploadedFile("large.pdf", b"x" * 6_000_000)
    assert client.post(reverse("packs:verify"), {"file": file}).status_code == 403
    token = client.get(reverse("packs:verify")).cookies["csrftoken"].value
    file.seek(0)
    done = client.post(reverse("packs:verify"), {"file": file, "csrfmiddlewaretoken": token})
    assert (done.status_code, done.context["digest"]) == (200, sha256(b"x" * 6_000_000).hexdigest())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("signatures", [0, 1])
def test_a_pack_takes_the_same_queries_whoever_signed(signatures, stridewell, ed, mara, ria, sign_in, queries):
    pack = approved(stridewell, [ed, mara, ria][: signatures + 1])
    client = sign_in(mara)
    client.get(pack.get_absolute_url())
    with queries(PACK_QUERIES):
        assert client.get(pack.get_absolute_url()).status_code == 200
