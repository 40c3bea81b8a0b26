"""Clocks as data: what each law asks, when it ends, and how that is said. No database."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from compliance.periods import Length, Unit, holidays_of
from risks.clocks import EVENTS, Seat, deadline, edition, regimes, stages

pytestmark = pytest.mark.once

BERLIN = Seat(ZoneInfo("Europe/Berlin"), holidays_of("DE"))
NEW_YORK = Seat(ZoneInfo("America/New_York"), holidays_of("US"))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_every_stage_says_whom_what_and_from_when() -> None:
    known = stages()

    assert (edition(), len(known)) == ("2026-11", sum(len(regime.stages) for regime in regimes().values()))
    for stage in known.values():
        assert all((stage.must, stage.to, stage.article, stage.confidence)), stage.key
        assert (stage.starts in EVENTS) != (stage.after in known), stage.key
        assert (stage.length.number > 0) == (stage.length.unit is not Unit.NONE), stage.key
        assert stage.on in {"incident", "breach", "assessment"}, stage.key


@pytest.mark.parametrize(
    ("key", "moments", "seat", "due"),
    [
        ("gdpr-33", {"aware": "2026-12-24 18:00"}, BERLIN, "2026-12-27 18:00:00"),
        ("gdpr-34", {"aware": "2026-12-24 18:00"}, BERLIN, None),
        ("cra-vulnerability-early", {"aware": "2026-10-24 20:00"}, BERLIN, "2026-10-25 20:00:00"),
        ("cra-vulnerability-final", {"fixed": "2026-12-12 10:00"}, BERLIN, "2026-12-28 22:59:59"),
        ("nis2-final", {"nis2-notification": "2027-01-29 10:00"}, BERLIN, "2027-03-01 22:59:59"),
        (
            "dora-initial",
            {"classified": "2026-11-20 10:00", "aware": "2026-11-20 08:00"},
            BERLIN,
            "2026-11-20 14:00:00",
        ),
        (
            "dora-initial",
            {"classified": "2026-11-20 10:00", "aware": "2026-11-19 12:00"},
            BERLIN,
            "2026-11-20 12:00:00",
        ),
        ("hipaa-people", {"discovered": "2027-01-02 03:00"}, NEW_YORK, "2027-03-03 04:59:59"),
        ("hipaa-hhs-yearly", {"year_end": "2027-12-31 20:00"}, NEW_YORK, "2028-03-01 04:59:59"),
        ("gdpr-36", {"received": "2026-11-02 09:00"}, BERLIN, "2026-12-28 22:59:59"),
        ("gdpr-36-extended", {"received": "2026-11-02 09:00"}, BERLIN, "2027-02-08 22:59:59"),
    ],
)
def test_a_stage_ends_as_its_law_says(key: str, moments: dict[str, str], seat: Seat, due: str | None) -> None:
    made = deadline(stages()[key], {name: utc(text) for name, text in moments.items()}, seat)

    assert made is not None
    assert made.due == (utc(due) if due else None)


def test_the_count_is_said_in_words() -> None:
    def said(key: str, event: str, text: str) -> str:
        made = deadline(stages()[key], {event: utc(text)}, BERLIN)
        return made.why if made else ""

    assert said("gdpr-33", "aware", "2026-12-24 18:00") == (
        "72 hours from 24 Dec 2026, 18:00 UTC, through nights, weekends and holidays."
    )
    assert said("nis2-final", "nis2-notification", "2027-01-29 10:00") == (
        "1 month after 29 Jan 2027, a day not counted itself, to the end of 1 Mar 2027 (Europe/Berlin). "
        "That month has no day 29: its last day counts. 28 Feb 2027 is a Sunday: the next working day ends it."
    )
    assert said("gdpr-36", "received", "2026-10-31 09:00").endswith(
        "26 Dec 2026 is a Saturday, a holiday: the next working day ends it."
    )
    assert deadline(stages()["nis2-final"], {"aware": utc("2026-11-01 10:00")}, BERLIN) is None


def test_a_contract_names_hours_where_the_law_names_none() -> None:
    made = deadline(stages()["gdpr-33-2"], {"aware": utc("2026-11-20 20:00")}, BERLIN, length=Length(24, Unit.HOURS))

    assert made is not None
    assert made.due == utc("2026-11-21 20:00")
