"""Packs, cold and with one more entry, beside typst on the same rows; `BENCH_PACKS=1000,10000` chooses the sizes.

Everything runs in processes of its own, on SQLite in a folder of its own; time is processor time, workers included.
"""

import json
import math
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

SIZES = [int(size) for size in os.environ.get("BENCH_PACKS", "1000,10000").split(",")]
LARGEST_FOR_TYPST = 50_000  # beyond, it takes more than 10 GB: its time is taken to grow with the rows
PARENT, WORKER, COLD, WARM, WARM_LARGEST = 300, 150, 5.0, 0.1, 4.0
SMALL = 20.0  # a pack of few entries is mostly its other sections, which typst does not set here
pytestmark = [pytest.mark.bench, pytest.mark.timeout(7200)]
typst_seconds: dict[int, float] = {}


def run(folder: Path, *arguments: object) -> tuple[float, str]:
    """Run one of the programs; its processor seconds and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    env = {**os.environ, "ASSAY_DATA_DIR": str(folder), "ASSAY_DEBUG": "1"}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        env.pop(name, None)
    command = [sys.executable, "-m", "tests.bench.pack_run", *map(str, arguments)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def build(folder: Path, *arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(folder, "build", *arguments)[1].splitlines()[-1])
    return found


def reference(folder: Path, rows: Path, size: int) -> float:
    """typst's seconds on the same rows."""
    if size <= LARGEST_FOR_TYPST:
        typst_seconds[size] = run(folder, "typst", rows)[0]
        return typst_seconds[size]
    largest = max(typst_seconds, default=0)
    if not largest:
        pytest.skip(f"typst is measured up to {LARGEST_FOR_TYPST} rows: name such a size too")
    return typst_seconds[largest] * size / largest


@pytest.fixture(scope="module")
def measured() -> dict[int, float]:
    """Cold seconds by size."""
    return {}


@pytest.mark.parametrize("size", SIZES)
def test_a_pack(size: int, tmp_path: Path, figure: Any, measured: dict[int, float]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("measured on SQLite, in a folder of its own")
    run(tmp_path, "fill", size)
    rows = tmp_path / "found.json"
    cold = build(tmp_path, rows)
    check, _ = run(tmp_path, "verify", rows.with_suffix(".zip"))
    engine, floor = reference(tmp_path, rows, size), run(tmp_path, "canvas", rows)[0]
    rows.unlink()
    warm = []
    for more in (1, 2, 3):
        run(tmp_path, "fill", size + more)
        warm.append(build(tmp_path))
    warm.sort(key=lambda one: one["cpu"])
    middle, measured[size] = warm[1], cold["cpu"]
    told = f"typst {engine:.1f} s, canvas {floor:.1f} s; {cold['pages']} pages, {cold['bytes'] / 1e6:.1f} MB"
    figure(
        f"Pack of {size} entries, cold",
        f"{cold['cpu']:.1f} s; {told}",
        cold["cpu"] / engine,
        limit=COLD if size >= 10_000 else SMALL,
    )
    limit = WARM if size == 10_000 else WARM_LARGEST / engine if size >= 50_000 else 2.0
    figure(f"Pack of {size} entries, one more", f"{middle['cpu']:.2f} s", middle["cpu"] / engine, limit=limit)
    parent = max(one["parent"] for one in (cold, *warm))
    figure(f"Pack of {size} entries, memory", f"{parent:.0f} MB in the worker", parent / PARENT, limit=1)
    figure(f"Pack of {size} entries, child", f"{cold['worker']:.0f} MB each", cold["worker"] / WORKER, limit=1)
    figure(f"Pack of {size} entries, verify.py", f"{check:.1f} s", check / engine, limit=1)


def test_time_grows_with_the_entries(figure: Any, measured: dict[int, float]) -> None:
    sizes = sorted(size for size in measured if size >= 10_000)[-2:]
    if len(sizes) < 2:
        pytest.skip("takes two sizes of 10,000 entries or more")
    small, large = sizes
    exponent = math.log(measured[large] / measured[small]) / math.log(large / small)
    figure(f"Growth from {small} to {large}", f"exponent {exponent:.3f}", exponent, limit=1.05)
