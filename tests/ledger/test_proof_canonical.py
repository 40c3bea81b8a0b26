"""The canonical form writes every value in exactly one way, and refuses what it cannot."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.ledger.proof.canonical import canonical, plain

pytestmark = pytest.mark.once


class Level(StrEnum):
    HIGH = "high"


class Score(IntEnum):
    TOP = 5


EXAMPLES = [
    (None, b"null"),
    (True, b"true"),
    ({"b": 1, "a": [1, "x"]}, b'{"a":[1,"x"],"b":1}'),
    ("Zürich — ✓", '"Zürich — ✓"'.encode()),
    ("a\nb\u2028\x00", '"a\\nb\u2028\\u0000"'.encode()),
    (2**53 - 1, b"9007199254740991"),
    (2**53, b'"9007199254740992"'),
    (-(2**53), b'"-9007199254740992"'),
    (Decimal("1.50"), b'"1.50"'),
    (Decimal("1E+3"), b'"1000"'),
    (datetime(2026, 11, 22, 9, 30, tzinfo=UTC), b'"2026-11-22T09:30:00.000000Z"'),
    (datetime(2026, 11, 22, 9, 30, tzinfo=timezone(timedelta(hours=2))), b'"2026-11-22T07:30:00.000000Z"'),
    (date(2026, 11, 22), b'"2026-11-22"'),
    (UUID(int=1), b'"00000000-0000-0000-0000-000000000001"'),
    (b"\x00\xff", b'"00ff"'),
    ((1, 2), b"[1,2]"),
    (Level.HIGH, b'"high"'),
    (Score.TOP, b"5"),
]


@pytest.mark.parametrize(("value", "expected"), EXAMPLES)
def test_a_value_has_one_canonical_form(value, expected):
    assert canonical(value) == expected


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (1.0, TypeError),
        (float("nan"), TypeError),
        ({1: "a"}, TypeError),
        ({"a"}, TypeError),
        (object(), TypeError),
        (Decimal("NaN"), ValueError),
        (Decimal("Infinity"), ValueError),
        (datetime(2026, 1, 1), ValueError),  # noqa: DTZ001 - the point of the case
        ("\ud800", ValueError),
        ({"\ud800": 1}, ValueError),
    ],
)
def test_what_has_no_canonical_form_is_refused(value, error):
    with pytest.raises(error):
        canonical(value)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


@given(VALUES)
def test_writing_a_value_twice_changes_nothing(value):
    assert canonical(plain(value)) == canonical(value)
