"""A release file holds what belongs to one release, and says where the rest stands."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from compliance.ledger import change
from compliance.ledger.keys import make_signing_key
from compliance.packs.about import About, release_about
from compliance.packs.gathering import gather
from compliance.packs.registry import Period, subjects_of
from compliance.packs.types import OF_RELEASE
from compliance.projects.models import Release
from compliance.projects.services import plan_release
from risks.services import identify_risk
from tests.packs.conftest import PERIOD

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


@pytest.fixture
def releases(stridewell, ed):
    """Three releases a week apart: two that were published, and the next one."""
    made = []
    for number, days in enumerate((14, 7, -7)):
        release = plan_release(project=stridewell, by=ed, name=f"4.{number}.0")
        moment = timezone.now() - timedelta(days=days)
        with change(by="tests", reason="As if it had been published."):
            release.planned_date, release.released_at = moment.date(), moment if days > 0 else None
            release.save()
        made.append(release)
    return made


def test_to_a_release_belongs_what_was_done_since_the_one_before_until_the_one_after(stridewell, releases):
    first, second, _ = releases
    found = {one.reference: (one.since, one.until) for one in subjects_of("release", stridewell, timezone.now())}
    assert found == {
        "REL-001": (None, second.released_at),
        "REL-002": (first.released_at, None),
        "REL-003": (second.released_at, None),
    }
    about = release_about(stridewell, timezone.now(), "REL-001")
    assert [about.holds(one.released_at) for one in releases] == [True, True, False]
    assert release_about(stridewell, timezone.now(), "C-001") is None


@pytest.mark.once
def test_a_range_of_releases_is_open_where_nobody_named_its_end():
    early, late = (Release(planned_date=date(2026, month, 1)) for month in (3, 9))
    about = About(Release(planned_date=date(2026, 6, 1)), None, None)
    ranges = [(None, None), (early, None), (late, None), (None, early), (early, late), (Release(), None)]
    assert [about.covers(*ends) for ends in ranges] == [True, True, False, False, True, True]


def test_it_prints_the_records_of_the_release_and_carries_the_whole_history(stridewell, releases, ed, mara):
    make_signing_key()
    words = {"weakness": "An old library", "source": "an attacker", "event": "read", "consequence": "data leaks"}
    where = {"organisation": stridewell.organisation, "project": stridewell}
    identify_risk(**where, by=ed, title="Old library", risk_source="criminal", **words)
    at = datetime.now(UTC)
    asked = {"scope": stridewell, "at": at, "period": PERIOD, "profile": "internal"}
    pack = gather(type="release", subject="REL-003", **asked)
    kept = {section.key for section, _ in pack.parts if section.template != "packs/print/missing.html"}
    assert kept - OF_RELEASE == {"since"}
    assert pack.told == Period(releases[1].released_at.date(), PERIOD.end)
    data = {section.key: context for section, context in pack.parts}
    assert (data["risks"]["open"], data["risks"]["rows"], len(data["risks"]["registers"]["risks.csv"])) == (1, [], 1)
    whole = pack.histories[0].history
    named = [row for row in whole.rows(whole.pieces[0]) if row["envelope"]["model"] == "projects.release"]
    printed = [row["seq"] for row in named if row["fields"]["reference"]["value"] == "REL-003"]
    assert {number for piece in whole.pieces for number in piece.within(pack.told, pack.only)} >= set(printed)
    assert (pack.printed < whole.size, len(printed)) == (True, 2)
