"""What happens when the ground gives way: disk, broker, database and web server, in real processes."""

import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing
from http.cookiejar import CookieJar

import pytest

pytestmark = [pytest.mark.once, pytest.mark.timeout(900), pytest.mark.xdist_group("survival")]


def done(jobs, packs):
    return bool(jobs) and all(job[0] in {"done", "failed"} for job in jobs)


def test_a_full_disk_is_told_keeps_nothing_and_is_over_when_there_is_room(machine):
    store = machine.folder / "files"
    store.mkdir(exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(store)], check=False, capture_output=True)  # fmt: skip  # noqa: E501
    if mounted.returncode:
        pytest.skip("mounting a small disk is not allowed here")
    try:
        machine.ask()
        machine.worker()
        jobs, packs = machine.wait(done)
        left = machine.files()
    finally:
        subprocess.run(["umount", "-l", str(store)], check=True)
    assert jobs[0][0] == "failed"
    assert jobs[0][3].startswith("There is no room left on the disk of the server.")
    assert (packs, left) == ([["requested", None, None]], [])
    again = "from compliance.packs.models import EvidencePack; from compliance.packs.services import build_again; "
    machine.manage("shell", "--no-imports", "-c", again + "build_again(pack=EvidencePack.objects.get(), by='tests')")
    _, packs = machine.wait(lambda jobs, packs: packs[0][0] == "built")
    assert len(machine.files()) == 2


def test_without_a_broker_a_pack_is_asked_for_all_the_same_and_built_when_it_is_back(made_machine, tmp_path):
    if shutil.which("redis-server") is None:
        pytest.skip("Redis is not installed")
    socket = tmp_path / "r.sock"
    machine = made_machine.copy(tmp_path, CELERY_BROKER_URL=f"redis+socket://{socket}")
    try:
        assert machine.ask() < 10
        assert machine.look()[0][0][0] == "queued"
        command = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(tmp_path)]
        redis = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        machine.running.append(redis)
        machine.worker()
        machine.wait(lambda jobs, packs: packs[0][0] == "built")
        machine.kill(redis)
        assert machine.ask() < 10
        redis = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        machine.running.append(redis)
        machine.wait(lambda jobs, packs: [pack[0] for pack in packs] == ["built", "built"])
    finally:
        machine.end()


def test_a_database_that_crashes_while_a_pack_is_built_loses_nothing(postgres_machine):
    machine = postgres_machine
    machine.ask()
    with closing(machine.connect()) as blocker:
        # Whoever builds the pack waits here with its finished files, until the crash frees it.
        blocker.execute("BEGIN; LOCK TABLE packs_evidencepack IN EXCLUSIVE MODE")
        machine.worker()
        machine.wait(lambda jobs, packs: jobs[-1][0] == "running" and machine.waits_for_a_lock())
        crash(blocker)
    jobs, packs = machine.wait(done)
    assert (jobs[-1][0], packs[-1][0]) == ("done", "built")
    machine.manage("seal_ledger")
    machine.manage("verify_ledger")


def crash(connection):
    """kill -9 of a server process: PostgreSQL ends every connection and recovers from its log."""
    os.kill(connection.info.backend_pid, signal.SIGKILL)
    time.sleep(1)


def test_a_web_server_that_is_killed_lost_nothing_it_said_yes_to(machine):
    port = 18000 + os.getpid() % 2000
    accepted = []
    bind = ("--bind", f"127.0.0.1:{port}", "--workers", "2", "--preload")
    for _ in range(2):
        web = machine.start("web", "gunicorn", "compliance.wsgi", *bind)
        browser = signed_in(f"http://127.0.0.1:{port}")
        for number in range(4):
            day = f"2026-0{1 + len(accepted) % 9}-0{1 + number}"
            accepted.append(asked(browser, f"http://127.0.0.1:{port}", day))
        machine.kill(web)
    jobs, packs = machine.look()
    assert len(set(accepted)) == len(packs) == len(jobs) == 8


def signed_in(site):
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    for _ in range(120):
        try:
            page = opener.open(f"{site}/", timeout=30)
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    data = {"login": "mara@lumaro.example", "password": "correct horse battery", "csrfmiddlewaretoken": token(page)}
    opener.open(page.url, urllib.parse.urlencode(data).encode(), timeout=60)
    return opener


def asked(browser, site, day):
    """Ask for a pack as at `day`; return the address of the pack the answer leads to."""
    page = browser.open(f"{site}/projects/stridewell/packs/new/", timeout=60)
    form = {"type": "ropa_only", "as_at": day, "period_start": "2025-01-01", "period_end": day, "profile": "internal"}
    form["csrfmiddlewaretoken"] = token(page)
    answer = browser.open(page.url, urllib.parse.urlencode(form).encode(), timeout=60)
    assert re.search(r"/packs/PK-\d+/$", answer.url), answer.url
    return answer.url


def token(page):
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())[1]
