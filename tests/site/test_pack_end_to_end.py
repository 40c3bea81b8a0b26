"""The main job on real input: demo organisation, worker, pack, verification; and a worker that is killed half-way."""

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.site.conftest import ROOT, Site

pytestmark = pytest.mark.timeout(900)


def arguments(output: Path) -> list[str]:
    now = datetime.now(UTC).replace(microsecond=0)
    period = [str((now - timedelta(days=365)).date()), str(now.date())]
    return [
        "stridewell",
        "--type",
        "project_app",
        "--as-at",
        now.isoformat(),
        "--period",
        *period,
        "--output",
        str(output),
    ]


def stop(worker: subprocess.Popen[bytes]) -> None:
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(20)


def wait_for_fragments(site: Site) -> None:
    """Until the worker has set some pages and not all."""
    for _ in range(1200):
        if len(list((site.data / "cache" / "fragments").glob("*"))) >= 3:
            return
        time.sleep(0.1)
    raise AssertionError((site.data / "worker.log").read_text()[-2000:])


@pytest.fixture(scope="module")
def pack(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack that was being built when its worker was killed, and was finished by the next one."""
    output = tmp_path_factory.mktemp("pack") / "stridewell.pdf"
    first = site.worker()
    command = [sys.executable, "manage.py", "export_pack", *arguments(output)]
    asked = subprocess.Popen(
        command, cwd=ROOT, env=site.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    wait_for_fragments(site)
    stop(first)
    assert not output.exists()
    second = site.worker()
    try:
        said, _ = asked.communicate(timeout=600)
    finally:
        stop(second)
    assert asked.returncode == 0, said
    return output


TAKEN_UP_AGAIN = "from compliance.jobs.models import Job; print(*Job.objects.filter(attempt=2).values_list('state'))"


def test_a_killed_worker_leaves_no_half_pack_and_the_next_one_finishes(site: Site, pack: Path) -> None:
    assert site.manage("shell", "--no-imports", "-c", TAKEN_UP_AGAIN) == "('done',)\n"
    assert pack.read_bytes()[:5] == b"%PDF-"
    assert pack.with_suffix(".zip").exists()


def test_the_pack_is_verified_by_the_command(site: Site, pack: Path) -> None:
    site.manage("verify_pack", str(pack))
    site.manage("verify_pack", str(pack.with_suffix(".zip")))


@pytest.mark.once
def test_the_pack_is_verified_without_assay(pack: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(pack.with_suffix(".zip")) as archive:
        verifier = next(name for name in archive.namelist() if name.endswith("verify.py"))
        (tmp_path / "verify.py").write_bytes(archive.read(verifier))
    for file in (pack, pack.with_suffix(".zip")):
        command = [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.once
def test_a_changed_byte_of_the_pdf_is_found(site: Site, pack: Path, tmp_path: Path) -> None:
    whole = bytearray(pack.read_bytes())
    whole[len(whole) // 3] ^= 1
    forged = tmp_path / "forged.pdf"
    forged.write_bytes(bytes(whole))

    site.manage("verify_pack", str(forged), code=1)


@pytest.mark.once
@pytest.mark.parametrize("part", ["history/", "exhibits/"])
def test_a_changed_byte_of_history_or_exhibit_is_found(part: str, site: Site, pack: Path, tmp_path: Path) -> None:
    forged = tmp_path / "forged.zip"
    with zipfile.ZipFile(pack.with_suffix(".zip")) as archive, zipfile.ZipFile(forged, "w") as copy:
        names = archive.namelist()
        chosen = next(name for name in names if name.startswith(part) and not name.endswith("/"))
        for name in names:
            content = bytearray(archive.read(name))
            if name == chosen:
                content[len(content) // 2] ^= 1
            copy.writestr(name, bytes(content))

    assert chosen.split("/")[-1] in site.manage("verify_pack", str(forged), code=1)


def test_the_ledger_agrees_after_all_this(site: Site, pack: Path) -> None:
    site.manage("seal_ledger")
    site.manage("verify_ledger")


@pytest.mark.once
def test_loading_everything_again_changes_nothing(site: Site) -> None:
    before = site.manage("verify_ledger").splitlines()[0].split(";")[0].split(",")[0]
    site.manage("load_catalogues")
    site.manage("load_demo")

    assert site.manage("verify_ledger").splitlines()[0].split(";")[0].split(",")[0] == before


def test_a_period_that_ends_before_it_starts_is_named(site: Site, tmp_path: Path) -> None:
    asked = [
        "stridewell",
        "--type",
        "project_app",
        "--period",
        "2026-05-02",
        "2026-05-01",
        "--output",
        str(tmp_path / "x.pdf"),
    ]
    said = site.manage("export_pack", *asked, code=1)

    assert "2026" in said
    assert list(tmp_path.iterdir()) == []


def test_the_manifest_names_every_file_with_its_hash(pack: Path) -> None:
    with zipfile.ZipFile(pack.with_suffix(".zip")) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert manifest
        sums = archive.read("SHA256SUMS").decode().splitlines()
        assert len(sums) == len([name for name in archive.namelist() if name != "SHA256SUMS"])
