"""kill -9 at every step of a change and of a seal leaves nothing half, and sealing goes on."""

import json

import pytest

from tests.ledger.test_writers import POSTGRESQL

pytestmark = [POSTGRESQL, pytest.mark.timeout(300), pytest.mark.xdist_group("installation")]
STEPS = 12  # fewer, and the process was not killed where it works


def test_whoever_is_killed_at_any_step_leaves_a_sound_ledger(installation):
    told = json.loads(installation.run("-m", "tests.ledger.killed").stdout)

    assert told["doubts"] == []
    assert told["waiting"] == 0
    assert min(steps for work, steps in told["deaths"].items() if work != "2 seal") > STEPS, told
