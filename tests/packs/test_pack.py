"""A pack is decided by its arguments and the history; asking, building, exporting and checking it."""

import json
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from compliance.jobs import running
from compliance.jobs.models import Job
from compliance.jobs.registry import JobFailed
from compliance.ledger import change
from compliance.packs import services
from compliance.packs.bundle import as_csv
from compliance.packs.gathering import gather
from compliance.packs.models import EvidencePack
from compliance.packs.registry import BadPeriod, Period
from compliance.packs.told import changes_in
from compliance.projects.drawn import forget
from tests.packs.conftest import HOSTILE, PERIOD

LIST_QUERIES = 9  # three of them look what has changed
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600), pytest.mark.xdist_group("made")]


def ask(project, by, **more):
    return services.request_pack(**{"scope": project, "type": "project_app", "period": PERIOD, "by": by, **more})


def gathered(project, at):
    return gather(scope=project, type="project_app", at=at, period=PERIOD, profile="internal")


def test_the_same_arguments_give_the_same_content_hash_whatever_happened_since(rooms, stridewell, mara):
    at = timezone.now()
    first = gathered(stridewell, at).hash
    with change(by=mara, reason="Renamed."):
        stridewell.name = "Stridewell Pro"
        stridewell.save()
    assert gathered(stridewell, at).hash == first
    assert gathered(stridewell, timezone.now()).hash != first


def test_a_pack_shows_the_project_as_it_was(rooms, stridewell, mara):
    at = timezone.now()
    with change(by=mara):
        stridewell.name = "Stridewell Pro"
        stridewell.save()
    assert gathered(stridewell, at).project.name == "Stridewell"


def test_a_section_that_gives_a_float_is_named(rooms, stridewell, monkeypatch):
    from compliance.packs import registry

    registry.section("odd", "Odd", 5, "packs/print/matrix.html")(lambda *_: {"rows": [1.5]})
    with pytest.raises(TypeError, match="The section 'odd' gives something that is not plain data"):
        gathered(stridewell, timezone.now())


def test_exhibits_are_numbered_in_the_order_they_are_cited(rooms, stridewell):
    found = gathered(stridewell, timezone.now()).exhibits
    assert [(item.number, item.exhibit.reference, item.cited_in) for item in found] == [
        ("E-001", "EV-0001", ["Register"])
    ]


def test_requirements_stand_in_their_natural_order(rooms, stridewell):
    assert [item.requirement for item in gathered(stridewell, timezone.now()).citations] == ["A.5.2", "A.5.15"]


def test_the_history_tells_who_changed_what_and_why(rooms, stridewell, mara):
    with change(by=mara, reason="Austria opens in March."):
        stridewell.countries = "DE AT"
        stridewell.save()
    told = list(changes_in(gathered(stridewell, timezone.now()).history, PERIOD))[-1]
    assert {key: told[key] for key in ("actor", "kind", "model", "record", "reason", "fields")} == {
        "actor": "Mara",
        "kind": "changed",
        "model": "project",
        "record": stridewell.reference,
        "reason": "Austria opens in March.",
        "fields": [{"name": "countries", "old": "", "new": "DE AT"}],
    }


def test_a_spreadsheet_finds_no_formula():
    rows = [{"a": text} for text in ("=1+1", "+1", "-1", "@x", "\tx", "＝1", "fine", None, True, 5)]
    cells = as_csv(rows).decode("utf-8-sig").splitlines()[1:]
    assert cells == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "'＝1", "fine", '""', "yes", "5"]


def test_a_period_that_ends_before_it_starts_is_refused_by_name():
    with pytest.raises(BadPeriod) as refused:
        Period(date(2026, 3, 1), date(2026, 2, 1))
    assert str(refused.value) == ("The period ends on 1 Feb 2026, before it starts on 1 Mar 2026: swap the two days.")


def test_a_pack_of_the_future_is_refused(stridewell, mara):
    with pytest.raises(services.PackRefused, match="has not come yet"):
        ask(stridewell, mara, as_at=timezone.now() + timedelta(days=2))
    assert EvidencePack.objects.count() == 0


def test_an_unknown_type_is_refused_by_name(stridewell, mara):
    with pytest.raises(ValueError, match="There is no pack type 'everything': use one of"):
        ask(stridewell, mara, type="everything")


def test_the_same_request_while_waiting_is_one_pack(stridewell, mara):
    at = timezone.now()
    assert ask(stridewell, mara, as_at=at) == ask(stridewell, mara, as_at=at)
    assert (EvidencePack.objects.count(), Job.objects.count()) == (1, 1)


def test_the_zip_holds_what_its_manifest_says(made):
    with zipfile.ZipFile(BytesIO(made.archive)) as archive:
        names = sorted(archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
        csv = archive.read("data/register.csv").decode("utf-8-sig")
    assert names == [
        "PK-0001_draft_stridewell_" + made.pack.as_at.strftime("%Y-%m-%d") + ".pdf",
        "README.txt",
        "SHA256SUMS",
        "content.json",
        "data/documents.csv",
        "data/documents.json",
        "data/register.csv",
        "data/register.json",
        "exhibits/E-001_access-review.pdf",
        "history/history.jsonl",
        "history/organisation.jsonl",
        "ledger.json",
        "manifest.csv",
        "manifest.json",
        "signature.txt",
        "verify.py",
    ]
    assert manifest["content"] == made.content
    assert csv == "reference,title,due\r\nR-0001,'=1+1,2026-01-01\r\n"


@pytest.mark.parametrize("flavour", ["3a", "ua1"])
@pytest.mark.skipif(not shutil.which("verapdf"), reason="veraPDF is not installed")
def test_a_real_validator_finds_it_valid(made, tmp_path, flavour):
    (tmp_path / "pack.pdf").write_bytes(made.pdf)
    told = subprocess.run(
        ["verapdf", "--flavour", flavour, "--format", "text", str(tmp_path / "pack.pdf")],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert told.stdout.startswith("PASS"), told.stdout


def test_hostile_words_are_printed_as_words(made, tmp_path):
    with zipfile.ZipFile(BytesIO(made.archive)) as archive:
        content = json.loads(archive.read("content.json"))
    (register,) = [section for section in content["sections"] if section["key"] == "register"]
    assert register["data"]["rows"][0]["records"][0]["title"] == HOSTILE
    assert b"/JavaScript" not in made.pdf


def test_exporting_writes_both_files_and_checking_accepts_them(rooms, stridewell, tmp_path, capsys, monkeypatch):
    from compliance.packs.management.commands import export_pack

    monkeypatch.setattr(export_pack, "PATIENCE", 0.0)
    monkeypatch.setattr(running, "LEASE", timedelta(hours=1))
    output, said = tmp_path / "out" / "pack.pdf", StringIO()
    period = ("2026-01-01", "2026-12-31")
    call_command(
        "export_pack", "stridewell", "--period", *period, "--output", str(output), stdout=said, stderr=StringIO()
    )
    assert said.getvalue().split() == [str(output), str(output.with_suffix(".zip"))]
    for path in (output, output.with_suffix(".zip")):
        call_command("verify_pack", str(path), stdout=StringIO())
    pack = EvidencePack.objects.get()
    assert (pack.state, pack.blocking, pack.warnings, pack.history_size > 0) == ("built", 0, 1, True)
    output.write_bytes(output.read_bytes()[:-1] + b"x")
    with pytest.raises(SystemExit) as left:
        call_command("verify_pack", str(output), stdout=StringIO())
    assert left.value.code == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["stridwell"], "There is no project 'stridwell'. There are: stridewell."),
        (
            ["stridewell", "--period", "2026-03-01", "2026-02-01"],
            "The period ends on 1 Feb 2026, before it starts on 1 Mar 2026: swap the two days.",
        ),
        (
            ["stridewell", "--type", "all"],
            "There is no pack type 'all': use one of audit_file, dpia, gdpr_accountability, incident_breach, "
            "isms_27001, pims_27701, project_app, release, ropa_only, single_control, soa_only.",
        ),
    ],
)
def test_a_wrong_export_is_refused_by_name_and_leaves_nothing(stridewell, arguments, message):
    with pytest.raises(CommandError) as refused:
        call_command("export_pack", *arguments)
    assert (str(refused.value), EvidencePack.objects.count()) == (message, 0)


def test_the_list_of_projects_begins_with_the_slug(stridewell):
    said = StringIO()
    call_command("export_pack", "--list", stdout=said)
    assert said.getvalue() == "stridewell\tStridewell\tLumaro\n"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_however_long(count, stridewell, mara, sign_in, queries):
    for number in range(count):
        ask(stridewell, mara, as_at=datetime(2026, 1, 1 + number, tzinfo=UTC))
    client = sign_in(mara)
    client.get(reverse("packs:packs", args=["stridewell"]))
    forget()
    with queries(LIST_QUERIES):
        response = client.get(reverse("packs:packs", args=["stridewell"]))
    assert response.context["listing"].total == count


def test_asking_on_the_page_leads_to_the_pack_being_built(stridewell, mara, sign_in):
    client, today = sign_in(mara), timezone.now().date()
    form = {"type": "soa_only", "as_at": today, "period_start": today, "period_end": today, "profile": "auditor"}
    response = client.post(reverse("packs:pack_add", args=["stridewell"]), form)
    pack = EvidencePack.objects.get()
    assert (response.status_code, response.url) == (302, pack.get_absolute_url())
    part = client.get(pack.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<section id="progress" hx-get="/projects/stridewell/packs/PK-0001/"')
    assert client.get(reverse("packs:download", args=["stridewell", "PK-0001", "pdf"])).status_code == 404


def test_a_wrong_period_on_the_page_is_told_beside_the_field(stridewell, mara, sign_in):
    form = {"type": "soa_only", "as_at": "2026-01-31", "period_start": "2026-02-01", "period_end": "2026-01-01"}
    response = sign_in(mara).post(reverse("packs:pack_add", args=["stridewell"]), {**form, "profile": "internal"})
    assert response.status_code == 422
    assert response.context["form"].errors["period_end"] == [
        "The period ends on 1 Jan 2026, before it starts on 1 Feb 2026: swap the two days."
    ]
    assert EvidencePack.objects.count() == 0


def test_a_failed_build_says_why_and_keeps_nothing(rooms, stridewell, mara, sign_in, monkeypatch):
    def lost(**_):
        raise JobFailed("The records are away.")

    from compliance.packs import builder

    monkeypatch.setattr(builder, "gather", lost)
    pack = ask(stridewell, mara)
    running.run_all()
    response = sign_in(mara).get(pack.get_absolute_url())
    assert (response.context["failed"], response.context["job"].error) == (True, "The records are away.")
    assert EvidencePack.objects.get().pdf is None


def test_a_worker_that_lost_its_lease_publishes_nothing(rooms, stridewell, mara):
    from compliance.jobs.services import LeaseLost, claim
    from compliance.packs.builder import build, publish

    pack = ask(stridewell, mara)
    job = claim()
    built = build(pack, lambda stage, percent: None)
    Job.objects.filter(pk=job.pk).update(attempt=2)
    with pytest.raises(LeaseLost), transaction.atomic():
        publish(running.Running(job), pack, built)
    assert EvidencePack.objects.get().state == "requested"
