"""The benchmarks, on SQLite and on PostgreSQL, each with one table of ratios at its end.

python -m docker.bench [--engine sqlite|postgresql] [pytest's arguments]

Ratios hold on any machine, so they are tests like others; they stand in tests/bench and run alone.
"""

import argparse
import os

from docker import suite
from docker.steps import told

LIMIT = 5400  # seconds for one engine: volumes are made, and packs of them rendered cold and warm


def main(engine: str, arguments: list[str]) -> None:
    """The chosen engine, or both."""
    chosen = [name for name in suite.ENGINES if engine in {"", name.lower()}]
    places = [] if any(argument.startswith("tests/") for argument in arguments) else ["tests/bench"]
    os.environ.setdefault("ASSAY_LOG_LEVEL", "WARNING")
    suite.main(0, ["-m", "bench", "-s", *places, *arguments], engines=chosen, limit=LIMIT)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure Assay on both engines.")
    parser.add_argument("--engine", choices=["", "sqlite", "postgresql"], default="")
    options, rest = parser.parse_known_args()
    with told():
        main(options.engine, rest)
