"""What overviews count in the database is what the demonstration's rows say."""

import subprocess
import sys

from tests.site.conftest import ROOT, Site

SCOPES, DAYS, COMPARED = 3, 3, 7


def test_overviews_count_what_the_rows_say(site: Site) -> None:
    env = {**site.env, "DJANGO_SETTINGS_MODULE": "compliance.settings"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.site.agreed"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == (f"{SCOPES * DAYS * COMPARED}\n", 0), done.stderr
