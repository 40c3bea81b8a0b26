"""The pages of applicability, controls, evidence and coverage."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from compliance.accounts.models import User
from compliance.files.models import Blob
from compliance.projects.models import Organisation, Project
from controls.models import Applicability, Control, Evidence, EvidenceVersion, Implementation, Statement
from controls.services.applicability import adopt_edition, decide_applicability
from controls.services.control import add_control, answer_requirements, implement_control
from controls.services.evidence import Facts, Links, submit_evidence
from controls.services.statement import submit_statement
from tests.controls.editions import make_edition, requirement
from tests.queries import assert_steady, count

SignIn = Callable[[User], Client]
ORG = "/organisations/lumaro"
SOA = f"{ORG}/applicability/annex"


def decision(row: Applicability, **other: object) -> dict:
    return {"included": "yes", "codes": ["BR"], "justification": "We want it", "version": row.version, **other}


def one(ref: str = "K.1") -> Applicability:
    return Applicability.objects.get(requirement__ref=ref, project=None)


def upload_form(user: User, **other: object) -> dict:
    return {
        "title": "Scan",
        "shows": "All endpoints are fine.",
        "kind": "scan_report",
        "nature": "point_in_time",
        "observed_at": "2026-11-01T09:00",
        "source": "Scanner",
        "method": "automated",
        "collected_by": str(user.pk),
        "classification": "internal",
        **other,
    }


def test_otto_finds_nothing(
    statement: Statement, running: Implementation, evidence: Evidence, stridewell: Project, otto: User, sign_in: SignIn
) -> None:
    client = sign_in(otto)
    pages = [
        f"{ORG}/applicability/",
        f"{SOA}/",
        f"{SOA}/rows/K.1/",
        f"{ORG}/controls/C-001/",
        f"{ORG}/evidence/EV-001/",
        f"{ORG}/evidence/EV-001/1/file/",
        "/projects/stridewell/applicability/annex/",
        "/projects/stridewell/evidence/EV-001/",
    ]

    assert {client.get(page).status_code for page in pages} == {404}


def test_the_first_statement_is_adopted_from_the_empty_page(annex, lumaro, mara: User, sign_in: SignIn) -> None:
    client = sign_in(mara)
    assert b"No framework adopted yet" in client.get(f"{ORG}/applicability/").content

    answer = client.post(f"{ORG}/applicability/adopt/", {"edition": "annex", "pii_role": ""})

    assert (answer.status_code, answer.url) == (302, f"{SOA}/")
    assert Applicability.objects.count() == 3


def test_a_statement_shows_its_rows_under_their_theme_and_filters(
    statement: Statement, mara: User, sign_in: SignIn
) -> None:
    decide_applicability(row=one("K.2"), by=mara, included=False, exclusion_reason="Not ours")
    client = sign_in(mara)

    every = client.get(f"{SOA}/").context["listing"]
    assert [(group.ref, len(lines)) for group, lines in every.themes] == [("K", 3)]
    for query, refs in (
        ("included=no", ["K.2"]),
        ("included=yes", ["K.1", "K.3"]),
        ("problem=unjustified", ["K.1", "K.3"]),
        ("status=nothing", ["K.1", "K.3"]),
        ("owner=none&q=requirement+3", ["K.3"]),
        ("theme=K&problem=any", ["K.1", "K.3"]),
    ):
        listing = client.get(f"{SOA}/?{query}").context["listing"]
        assert [line.row.requirement.ref for line in listing.shown] == refs, query
    assert [term.text for term in listing.terms] == ["theme is K Theme K", "contradiction is with one"]


def test_htmx_gets_the_rows_alone(statement: Statement, mara: User, sign_in: SignIn) -> None:
    answer = sign_in(mara).get(f"{SOA}/?included=no", headers={"HX-Request": "true", "HX-Target": "rows"})

    assert answer.content.strip().startswith(b'<div id="rows">')


def test_what_is_seen_is_exported(statement: Statement, mara: User, sign_in: SignIn) -> None:
    decide_applicability(row=one("K.2"), by=mara, included=False, exclusion_reason="=1+1")

    table = sign_in(mara).get(f"{SOA}/?included=no&format=csv").getvalue().decode().splitlines()

    assert len(table) == 2
    assert table[1].startswith("K.2,Requirement 2,N,,,Nothing yet,,'=1+1,")


def test_a_row_is_decided_on_its_own_page_without_javascript(statement, mara: User, sign_in: SignIn) -> None:
    answer = sign_in(mara).post(f"{SOA}/decisions/K.1/", decision(one(), codes=["RA", "LR"]))

    assert (answer.status_code, answer.url) == (302, f"{SOA}/rows/K.1/")
    assert (one().codes, one().justification) == ("RA LR", "We want it")


def test_a_row_is_decided_in_place_with_htmx(statement, mara: User, sign_in: SignIn) -> None:
    client, key = sign_in(mara), one().requirement_id
    htmx = {"HX-Request": "true", "HX-Target": f"line-{key}"}

    form = client.get(f"{SOA}/decisions/K.1/", headers=htmx)
    refused = client.post(f"{SOA}/decisions/K.1/", decision(one(), included="no"), headers=htmx)
    saved = client.post(f"{SOA}/decisions/K.1/", decision(one()), headers=htmx)

    assert form.content.count(b"<tr") == 1
    assert refused.status_code == 422
    assert b"Say why K.1 does not apply" in refused.content
    assert saved.content.count(b"<tr") == 1
    assert b"Saved" in saved.content
    assert one().justification == "We want it"


def test_a_stale_form_shows_both_versions(statement, mara: User, sign_in: SignIn) -> None:
    stale = decision(one())
    decide_applicability(row=one(), by=mara, codes="LR", justification="Law")

    answer = sign_in(mara).post(f"{SOA}/decisions/K.1/", stale)

    assert answer.status_code == 409
    assert one().codes == "LR"


def test_selected_rows_are_changed_together_with_one_reason(statement, mara: User, ria: User, sign_in: SignIn) -> None:
    client = sign_in(mara)
    chosen = [str(one(ref).pk) for ref in ("K.1", "K.3")]

    asked = client.post(f"{SOA}/together/", {"selected": chosen})
    refused = client.post(f"{SOA}/together/", {"selected": chosen, "apply": "yes", "owner": str(ria.pk)})
    done = client.post(
        f"{SOA}/together/", {"selected": chosen, "apply": "yes", "owner": str(ria.pk), "reason": "Ria takes over"}
    )

    assert (asked.status_code, refused.status_code, done.status_code) == (200, 422, 302)
    assert [one(ref).owner for ref in ("K.1", "K.2", "K.3")] == [ria, None, ria]


def test_an_address_that_only_acts_leads_back_when_it_is_opened(statement, mara: User, sign_in: SignIn) -> None:
    client = sign_in(mara)

    assert [client.get(f"{SOA}/{page}").url for page in ("submit/", "together/", "inheritance/K.1/")] == [
        f"{SOA}/",
        f"{SOA}/",
        f"{SOA}/rows/K.1/",
    ]


def test_a_project_deviates_and_returns(statement, stridewell: Project, mara: User, sign_in: SignIn) -> None:
    client, soa = sign_in(mara), "/projects/stridewell/applicability/annex"
    refused = client.post(f"{soa}/decisions/K.1/", decision(one()))
    client.post(f"{soa}/decisions/K.1/", decision(one(), reason="Health data"))
    own = Applicability.objects.get(project=stridewell)

    assert refused.status_code == 422
    assert own.deviation_reason == "Health data"
    client.post(f"{soa}/inheritance/K.1/", {"reason": "Same after all"})
    assert Applicability.objects.filter(project=stridewell).count() == 0


def test_an_approver_decides_and_the_submitter_cannot(statement, mara: User, ria: User, sign_in: SignIn) -> None:
    sign_in(mara).post(f"{SOA}/submit/")
    verdict = {"verdict": "approve", "reason": "Read and discussed"}

    own = sign_in(mara).post(f"{SOA}/approval/", verdict)
    other = sign_in(ria).post(f"{SOA}/approval/", verdict)

    assert (own.status_code, other.status_code) == (422, 302)
    assert sign_in(ria).get(f"{SOA}/").context["standing"].state == "approved"


def test_ada_reads_and_changes_nothing(statement, stridewell: Project, ada: User, sign_in: SignIn) -> None:
    client, soa = sign_in(ada), "/projects/stridewell/applicability/annex"

    assert client.get(f"{soa}/").status_code == 200
    assert client.post(f"{soa}/decisions/K.1/", decision(one())).status_code == 403
    assert b"data-edit" not in client.get(f"{soa}/").content


def test_a_control_is_added_put_to_work_and_moved(statement, annex, lumaro, mara: User, sign_in: SignIn) -> None:
    client, asked = sign_in(mara), requirement(annex, "K.1")

    client.post(f"{ORG}/controls/add/", {"title": "Backups", "kind": "corrective", "requirements": [str(asked.pk)]})
    at_work = {"responsibility": "common", "owner": str(mara.pk), "status": "in_progress", "statement": "Nightly"}
    client.post(f"{ORG}/controls/C-001/implementation/", at_work)
    client.post(f"{ORG}/controls/C-001/next/", {"to": "implemented"})

    implementation = Implementation.objects.get()
    assert (implementation.reference, implementation.status) == ("CI-001", "implemented")
    assert client.get(f"{ORG}/controls/C-001/").context["counts"] == [("ANNEX", 1)]
    page = client.get(f"{ORG}/applicability/coverage/annex/?verdict=direct")
    assert [row.requirement.ref for row in page.context["rows"]] == ["K.1"]


def test_a_control_is_edited_and_taken_off_a_requirement(statement, annex, backups, mara: User, sign_in) -> None:
    answer_requirements(control=backups, requirements=[requirement(annex, "K.1")], by=mara)
    form = {"title": "Backups", "kind": "preventive", "requirements": [str(requirement(annex, "K.2").pk)]}

    sign_in(mara).post(f"{ORG}/controls/C-001/edit/", form)

    backups.refresh_from_db()
    assert backups.kind == "preventive"
    assert [link.requirement.ref for link in backups.requirement_links.select_related("requirement")] == ["K.2"]


def test_an_implementation_is_edited(running: Implementation, mara: User, sign_in: SignIn) -> None:
    form = {"responsibility": "hybrid", "owner": str(mara.pk), "statement": "", "version": running.version}
    url = f"{ORG}/controls/C-001/implementation/"

    refused = sign_in(mara).post(url, form)
    saved = sign_in(mara).post(url, {**form, "statement": "Nightly and tested"})

    running.refresh_from_db()
    assert (refused.status_code, saved.status_code) == (422, 302)
    assert (running.responsibility, running.statement) == ("hybrid", "Nightly and tested")


def test_several_files_are_handed_in_at_once(running: Implementation, mara: User, sign_in: SignIn) -> None:
    files = [SimpleUploadedFile(f"scan{n}.pdf", f"%PDF-1.7 {n}".encode()) for n in (1, 2)]

    answer = sign_in(mara).post(
        f"{ORG}/evidence/add/", upload_form(mara, uploads=files, implementations=[str(running.pk)])
    )

    assert (answer.status_code, answer.url) == (302, f"{ORG}/evidence/")
    assert [one.title for one in Evidence.objects.order_by("reference")] == ["Scan: scan1", "Scan: scan2"]


def test_refused_files_are_named_and_nothing_is_kept(running, mara: User, sign_in: SignIn, settings) -> None:
    settings.ASSAY_EVIDENCE_MAX_BYTES = 1024
    blobs = Blob.objects.count()
    files = [
        SimpleUploadedFile("fine.pdf", b"%PDF-1.7 kept nowhere"),
        SimpleUploadedFile("huge.pdf", b"%PDF-1.7" + b"x" * 2000),
        SimpleUploadedFile("page.html", b"<!doctype html><script>alert(1)</script>"),
    ]

    answer = sign_in(mara).post(f"{ORG}/evidence/add/", upload_form(mara, uploads=files))

    assert answer.status_code == 422
    assert answer.context["form"].errors["uploads"] == [
        "huge.pdf is larger than 1 kB, the most a file may have.",
        "page.html is a web page, which is not kept: hand in a PDF, picture, office document, text or ZIP.",
    ]
    assert (Evidence.objects.count(), Blob.objects.count()) == (0, blobs)


def test_a_period_that_ends_before_it_starts_is_said_beside_the_field(running, mara: User, sign_in) -> None:
    form = upload_form(mara, observed_at="", period_start="2026-03-01", period_end="2026-01-01")

    answer = sign_in(mara).post(f"{ORG}/evidence/add/", form)

    assert answer.status_code == 422
    assert answer.context["form"].errors["period_end"] == ["The period ends before it starts."]


def test_a_file_is_served_as_a_download_only(evidence: Evidence, mara: User, sign_in: SignIn) -> None:
    answer = sign_in(mara).get(f"{ORG}/evidence/EV-001/1/file/")

    assert answer["Content-Disposition"] == 'attachment; filename="restore.pdf"'
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "application/octet-stream")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 restore report"


def test_evidence_is_judged_by_somebody_else(evidence: Evidence, lumaro, mara: User, sign_in: SignIn) -> None:
    from compliance.projects.services import grant_role
    from tests.conftest import person

    dora = person("Dora")
    grant_role(user=dora, role="dpo", scope=lumaro, by=mara)
    verdict, url = {"verdict": "accept", "note": "Complete"}, f"{ORG}/evidence/EV-001/review/"

    own = sign_in(mara).post(url, verdict)
    assert (own.status_code, EvidenceVersion.objects.get().state) == (422, "submitted")
    without_reason = sign_in(dora).post(url, {"verdict": "reject"})
    other = sign_in(dora).post(url, verdict)

    assert (without_reason.status_code, other.status_code) == (422, 302)
    version = EvidenceVersion.objects.get()
    assert (version.state, version.reviewer, version.review_note) == ("accepted", dora, "Complete")


def test_a_newer_version_and_a_withdrawal(evidence: Evidence, mara: User, sign_in: SignIn) -> None:
    client = sign_in(mara)
    form = upload_form(mara, uploads=[SimpleUploadedFile("newer.pdf", b"%PDF-1.7 newer")])

    client.post(f"{ORG}/evidence/EV-001/version/", form)
    assert client.post(f"{ORG}/evidence/EV-001/withdraw/", {"reason": ""}).status_code == 422
    client.post(f"{ORG}/evidence/EV-001/withdraw/", {"reason": "Wrong system"})

    assert [(one.number, one.state) for one in evidence.versions.order_by("number")] == [
        (1, "superseded"),
        (2, "withdrawn"),
    ]


def test_a_project_does_not_change_what_its_organisation_shares(
    evidence: Evidence, stridewell: Project, ed: User, sign_in: SignIn
) -> None:
    client = sign_in(ed)

    assert client.get("/projects/stridewell/evidence/EV-001/").status_code == 200
    assert client.get("/projects/stridewell/evidence/EV-001/version/").status_code == 404


@pytest.mark.parametrize("page", ["controls/", "controls/at-work/"])
def test_control_lists_take_the_same_queries_for_any_number(page: str, lumaro, mara: User, sign_in: SignIn) -> None:
    def add(n: int) -> None:
        control: Control = add_control(organisation=lumaro, title=f"Control {n}", by=mara)
        implement_control(control=control, scope=lumaro, owner=mara, by=mara)

    assert_steady(sign_in(mara), f"{ORG}/{page}", add)


@pytest.mark.parametrize("scope", [f"{ORG}/evidence/", "/projects/stridewell/evidence/"])
def test_the_evidence_list_takes_the_same_queries(scope: str, stridewell: Project, mara: User, sign_in) -> None:
    def add(n: int) -> None:
        facts = Facts(
            source="Console",
            method="automated",
            collected_by=mara,
            observed_at=datetime(2026, 11, n, 9, tzinfo=UTC),
            source_url=f"https://tickets.lumaro.example/{n}",
        )
        submit_evidence(scope=stridewell, title=f"E{n}", shows="x", kind="ticket", facts=facts, links=Links(), by=mara)

    assert_steady(sign_in(mara), scope, add)


@pytest.mark.parametrize("page", ["", "coverage/"])
def test_the_list_of_statements_grows_by_its_standing_only(page: str, lumaro: Organisation, mara, sign_in) -> None:
    def add(n: int) -> None:
        adopt_edition(scope=lumaro, edition=make_edition(f"edition{n}", 2, position=n), by=mara)

    assert_steady(sign_in(mara), f"{ORG}/applicability/{page}", add)


def test_a_statement_takes_the_same_queries_for_any_number(annex, lumaro, mara: User, sign_in: SignIn) -> None:
    statement = adopt_edition(scope=lumaro, edition=annex, by=mara)
    submit_statement(statement=statement, by=mara)
    client = sign_in(mara)

    def add(n: int) -> None:
        control = add_control(organisation=lumaro, title=f"Control {n}", by=mara)
        implement_control(control=control, scope=lumaro, owner=mara, by=mara)
        answer_requirements(control=control, requirements=[requirement(annex, f"K.{min(n, 3)}")], by=mara)

    assert_steady(client, f"{SOA}/", add)
    assert count(client, f"{SOA}/") == 14
    with CaptureQueriesContext(connection) as again:
        client.get(f"{SOA}/")
    assert len(again) == 6  # nothing was recorded since
    add(4)
    assert b"CI-004" in client.get(f"{SOA}/").content


def test_records_are_found_by_number_name_and_reference(
    statement: Statement, running: Implementation, evidence: Evidence, mara: User, sign_in: SignIn
) -> None:
    def found(text: str) -> list[tuple[str, list[str]]]:
        page = sign_in(mara).get(f"{ORG}/search/", {"q": text})
        return [(one["label"], [row.get_absolute_url() for row in one["rows"]]) for one in page.context["groups"]]

    assert statement.get_absolute_url() == f"{SOA}/"
    assert found("K.2") == [("Applicability", [f"{SOA}/rows/K.2/"])]
    assert found("Backups") == [
        ("Controls", [f"{ORG}/controls/C-001/"]),
        ("Controls at work", [f"{ORG}/controls/C-001/"]),
    ]
    assert sign_in(mara).get(f"{ORG}/search/", {"q": "EV-001"}).url == f"{ORG}/evidence/EV-001/"
