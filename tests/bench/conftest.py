"""What the benchmarks share: a table of figures at the end. Ratios hold on any machine; seconds would not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

FIGURES: list[tuple[str, str, float, float]] = []


@pytest.fixture
def figure() -> Callable[..., None]:
    """`figure("Register of risks", "8.1 ms, 9 queries", 5.4, limit=6)` is a line of the table and a limit."""

    def tell(name: str, measured: str, ratio: float, *, limit: float) -> None:
        FIGURES.append((name, measured, ratio, limit))
        assert ratio <= limit, f"{name}: {measured}; {ratio:.2f} is above {limit:g}"

    return tell


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not FIGURES:
        return
    wide = max(len(name) for name, *_ in FIGURES)
    terminalreporter.write_line(f"\n{'On ' + connection.vendor:<{wide}}  {'ratio':>7}  {'limit':>5}  measured")
    for name, measured, ratio, limit in FIGURES:
        late = "  ABOVE" if ratio > limit else ""
        terminalreporter.write_line(f"{name:<{wide}}  {ratio:7.2f}  {limit:5g}  {measured}{late}")
