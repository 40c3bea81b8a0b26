"""An issue made by the worker's own code: the same content, other files, and what refuses it."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from compliance.jobs import running
from compliance.ledger import change
from compliance.packs import builder, hooks, registry, services, sign
from compliance.packs.gathering import gather
from compliance.packs.registry import Exhibit, Finding
from compliance.packs.verification import verify_file
from tests.ledger.authority import made, serving
from tests.packs.conftest import PERIOD
from tests.packs.drafts import draft, proof

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rooms"), pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def no_heartbeat(monkeypatch):
    """A second connection does not see, and on SQLite blocks, the transaction of a test."""
    monkeypatch.setattr(running, "LEASE", timedelta(hours=1))


def built(project, by, **more):
    wanted = {"type": "project_app", "period": PERIOD, "profile": "internal", **more}
    pack = services.request_pack(scope=project, by=by, **wanted)
    running.run_all()
    pack.refresh_from_db()
    return pack


def drafted(project, by):
    """A draft of the true content, without its files: what is refused is refused by the content."""
    pack = draft(project, by, type="project_app", period=PERIOD, profile="internal")
    asked = {"type": pack.type, "at": pack.as_at, "period": pack.period, "profile": pack.profile}
    with change(by="packs"):
        pack.content_sha256 = gather(scope=project, **asked).hash
        pack.save()
    return pack


def sign_and_ask(pack, people, reason="Audit in June."):
    for finding in services.holding_back(pack, services.findings_of(pack)):
        services.override_finding(
            pack=pack, check=finding.check, finding=finding.text, by=people[-1], reason="Known, and mended in July."
        )
    for step, person in zip(services.steps_of(pack), people, strict=True):
        services.sign(pack=pack, step=step, by=person, proof=proof())
    services.ask_issue(pack=pack, by=people[-1], proof=proof(), reason=reason)


def issue(pack, people, reason="Audit in June."):
    sign_and_ask(pack, people, reason)
    running.run_all()
    pack.refresh_from_db()
    return pack


def inside(blob, name):
    with zipfile.ZipFile(io.BytesIO(blob.path.read_bytes())) as archive:
        return json.loads(archive.read(name))


@pytest.fixture
def stamps(tmp_path, settings):
    """A time-stamping authority, configured."""
    settings.ASSAY_TIMESTAMP_CERTIFICATES = str(made(tmp_path / "authority"))
    with serving(tmp_path / "authority") as server:
        settings.ASSAY_TIMESTAMP_URL = f"http://127.0.0.1:{server.server_port}/stamp"
        yield server


def test_an_issue_has_the_content_that_was_approved_in_files_of_its_own(stridewell, ed, ria, monkeypatch, stamps):
    told = []
    monkeypatch.setattr(hooks, "_issued", [lambda pack: told.append(pack.label)])
    pack = built(stridewell, ed)
    draft_content, draft_pdf = pack.content_sha256, pack.pdf
    assert stamps.asked == 0
    issue(pack, [ed, ria])
    assert stamps.asked == 1
    assert (pack.state, pack.edition, pack.content_sha256, pack.issued_by) == ("issued", "1.0", draft_content, ria)
    manifest = inside(pack.archive, "manifest.json")["pack"]
    assert (manifest["draft"], manifest["version"]) == (False, "1.0")
    assert pack.pdf != draft_pdf
    assert draft_pdf.path.exists()
    for blob in (pack.pdf, pack.archive):
        code, lines = verify_file(blob.path)
        assert code == 0, "\n".join(lines)
        assert [line.endswith(" UTC by Stamps.") for line in lines if "; time-stamped 20" in line] == [True]
    newest = pack.history.filter(state="issued").get()
    assert (newest.pdf_id, newest.archive_id, newest.history_change_reason) == (
        pack.pdf_id,
        pack.archive_id,
        "Audit in June.",
    )


def test_a_pack_whose_content_reads_otherwise_is_not_issued(stridewell, ed, ria):
    pack = drafted(stridewell, ed)
    with change(by="tests", reason="As if another one had been approved."):
        pack.content_sha256 = "0" * 64
        pack.save()
    pdf = pack.pdf_id
    issue(pack, [ed, ria])
    job = services.job_of(pack)
    assert (pack.state, pack.pdf_id, job.state) == ("approved", pdf, "failed")
    assert job.error.startswith("It was not issued: its content reads otherwise than what was approved (its data).")


def test_a_finding_of_today_stops_the_issue(stridewell, ed, ria):
    found = []
    registry.check("PF08", level="block", live=True)(lambda *_: list(found))
    pack = drafted(stridewell, ed)
    sign_and_ask(pack, [ed, ria])
    found.append(Finding("PF08", "block", "The file of EV-0001 is not the one that was stored."))
    running.run_all()
    pack.refresh_from_db()
    assert (pack.state, services.job_of(pack).error) == (
        "approved",
        "It was not issued. PF08 holds it back: mend it and ask for a new pack, or override it.",
    )


def test_files_the_verifier_refuses_are_not_issued(stridewell, ed, ria, monkeypatch):
    pack = drafted(stridewell, ed)
    monkeypatch.setattr(builder.sign, "vouch", lambda signer, key: sign.sign_pack("0" * 64, "0" * 64, key))
    issue(pack, [ed, ria])
    refused = "NOT GENUINE: the PDF's certificate is not the one the ledger's key vouches for."
    stem = f"{pack.reference}_v1.0_stridewell_{pack.as_at:%Y-%m-%d}.pdf"
    assert (pack.state, services.job_of(pack).error) == (
        "approved",
        f"It was not issued: its own check refuses {stem} ({refused}) "
        "Ask for the issue again; when that happens twice, show this to whoever runs Assay.",
    )


def test_an_issue_that_was_overtaken_is_refused(stridewell, ed, ria):
    first, second = drafted(stridewell, ed), drafted(stridewell, ed)
    for pack in (first, second):
        sign_and_ask(pack, [ed, ria])
    running.run_all()
    for pack in (first, second):
        pack.refresh_from_db()
    assert (first.state, second.state) == ("issued", "approved")
    assert services.job_of(second).error == "It was not issued. Version 1.0 is not the next one: use 1.1 or 2.0."


def test_a_lost_exhibit_is_a_limitation_and_no_failure(stridewell, ed):
    lost = Exhibit("EV-0002", "Lost review", "0" * 64, 10, "application/pdf", "lost.pdf")
    registry.section("lost", "Lost", 91, "packs/print/matrix.html")(lambda *_: {"rows": [], "exhibits": [lost]})
    pack = built(stridewell, ed)
    found = {one["reference"]: one["path"] for one in inside(pack.archive, "manifest.json")["exhibits"]}
    assert (pack.state, found["EV-0002"]) == ("built", "")
