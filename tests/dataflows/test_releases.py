"""Which flows a release has."""

from datetime import date

import pytest

from compliance.projects.models import Release
from dataflows.models import DataFlow
from dataflows.releases import has_flow

OLD = Release(name="1.9.0", planned_date=date(2026, 3, 1))
NEW = Release(name="1.10.0", planned_date=date(2026, 3, 1))
NEXT = Release(name="2.0.0")


@pytest.mark.once
@pytest.mark.parametrize(
    ("details", "found"),
    [
        ({}, [True, True, True]),
        ({"since_release": NEW}, [False, True, True]),
        ({"until_release": NEW}, [True, True, False]),
        ({"since_release": NEW, "until_release": NEW}, [False, True, False]),
        ({"state": "retired"}, [False, False, False]),
        ({"state": "retired", "until_release": OLD}, [True, False, False]),
    ],
)
def test_a_release_has_the_flows_between_their_first_and_their_last(details, found):
    flow = DataFlow(**details)

    assert [has_flow(release, flow) for release in (OLD, NEW, NEXT)] == found
