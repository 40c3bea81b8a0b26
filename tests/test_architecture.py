"""The walls of the house: sizes, layers, foreign keys, history. CONTRIBUTING says why; a failure names what to move."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from simple_history.models import HistoricalChanges

from compliance.ledger.models import TrackedBase

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LAYERS = next(
    [layer.replace(" ", "").split("|") for layer in contract["layers"]]
    for contract in PYPROJECT["tool"]["importlinter"]["contracts"]
    if contract["id"] == "house"
)
FLOOR = {app: number for number, layer in enumerate(reversed(LAYERS)) for app in layer}

FILE_LINES, FUNCTION_LINES, TEMPLATE_LINES = 400, 50, 150
DRAWERS = {"utils", "helpers", "common", "core", "managers", "selectors", "misc"}
BODIES = ("body", "orelse", "finalbody", "handlers", "cases")  # where statements stand in statements
REGISTRIES = r"(?:pypi|pythonhosted|npmjs|yarnpkg|jsdelivr|unpkg|cloudflare|googleapis|gstatic)\.(?:org|com|net)\b"
FOLDERS = r"(?<![\w.~-])/(?:home|root|Users|work|mnt)/[\w.-]+"

# Rows that are no record of anybody's work. Everything else is tracked.
EXEMPT: dict[str, str] = {
    "files.Blob": "Bytes under their own hash; the tracked rows that point to it are the record.",
    "files.Incoming": "A file on its way in; what becomes of it is a tracked row.",
    "jobs.Job": "A lease on work in progress; what the work made is tracked.",
    "exchange.PreviewLine": "What a file would do if it were confirmed; what it then does is tracked there.",
    "tasks.MailPreference": "A person's own setting.",
    "tasks.MailSent": "What was sent when; how much it was stands in the run of the day.",
    "jobs.Pulse": "A sign of life of the workers, of interest for a minute.",
    "ledger.Entry": "The ledger itself: written by triggers, append-only.",
    "ledger.Leaf": "The ledger itself: append-only.",
    "ledger.LogLeaf": "The ledger itself: append-only.",
    "ledger.FieldList": "The ledger itself: append-only.",
    "ledger.Checkpoint": "The ledger itself: append-only.",
    "ledger.Timestamp": "The ledger itself: append-only.",
    "ledger.Stream": "The ledger itself: append-only.",
    "projects.KeptBox": "A drawn box of an overview; it says what tracked rows say and is drawn again when missing.",
    "ledger.Counter": "The last number given out; the references it gave stand in tracked rows.",
}


def tracked_files(*suffixes: str) -> list[Path]:
    """The files git knows or would add, by suffix."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [
        ROOT / name for name in sorted(names) if (not suffixes or name.endswith(suffixes)) and (ROOT / name).is_file()
    ]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


def code() -> list[Path]:
    return [path for path in tracked_files(".py") if "migrations" not in path.parts]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function of a file with its number of lines."""
    waiting: list[ast.AST] = [ast.parse(path.read_text())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            yield node.name, node.end_lineno - node.lineno + 1
        waiting += [below for part in BODIES for below in getattr(node, part, ())]


def our_models() -> list[type[models.Model]]:
    """Our concrete models, without the history tables that follow from them."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_config.name in FLOOR and not issubclass(model, HistoricalChanges)
    ]


def test_no_file_is_longer_than_four_hundred_lines():
    sizes = {relative(path): lines_of(path) for path in [*code(), *tracked_files(".js", ".css")]}

    assert {name: size for name, size in sizes.items() if size > FILE_LINES} == {}


def test_no_function_is_longer_than_fifty_lines():
    sizes = {f"{relative(path)}:{name}": size for path in code() for name, size in functions(path)}

    assert {name: size for name, size in sizes.items() if size > FUNCTION_LINES} == {}


def test_no_template_is_longer_than_a_hundred_and_fifty_lines():
    templates = [path for path in tracked_files(".html", ".svg", ".txt") if "templates" in path.parts]
    sizes = {relative(path): lines_of(path) for path in templates}

    assert {name: size for name, size in sizes.items() if size > TEMPLATE_LINES} == {}


def test_no_module_is_a_drawer_for_anything():
    drawers = [relative(path) for path in code() if DRAWERS & {path.stem, *path.relative_to(ROOT).parts[:-1]}]

    assert drawers == []


def test_imports_point_downwards():
    linter = Path(sys.executable).with_name("lint-imports")

    result = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)

    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-1000:]


def test_every_room_has_its_floor():
    names = {config.name for config in apps.get_app_configs()}

    rooms = {name for name in names if (ROOT / name.replace(".", "/")).is_dir()}

    assert rooms == set(FLOOR) - {
        "compliance.registry",
        "compliance.prepared",
        "compliance.periods",
        "compliance.migrating",
        "compliance.routes",
        "compliance.room",
    }


def test_foreign_keys_point_downwards():
    upward = []
    for model in our_models():
        here = model._meta.app_config.name
        for field in model._meta.get_fields():
            target = field.related_model if field.concrete and field.is_relation else None
            there = target._meta.app_config.name if target else here
            if there in FLOOR and there != here and FLOOR[there] >= FLOOR[here]:
                upward.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")

    assert upward == []


def test_no_foreign_key_changes_or_loosens_a_row_behind_its_back():
    allowed = {models.PROTECT, models.CASCADE, models.RESTRICT}
    loose = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.remote_field.on_delete not in allowed
    ]

    assert loose == []


def test_no_link_is_a_bare_many_to_many():
    bare = [f"{model._meta.label}.{field.name}" for model in our_models() for field in model._meta.many_to_many]

    assert bare == []


def test_every_model_is_tracked_or_exempt_with_a_reason():
    untracked = {model._meta.label for model in our_models() if not issubclass(model, TrackedBase)}

    assert untracked == set(EXEMPT)
    assert [label for label, reason in EXEMPT.items() if not reason.endswith(".")] == []


@pytest.mark.parametrize("pattern", [REGISTRIES, FOLDERS], ids=["address_to_install_from", "folder_of_somebody"])
def test_no_file_names_an(pattern):
    named = [
        f"{relative(path)}:{number}: {line.strip()[:100]}"
        for path in tracked_files()
        if path.suffix not in {".png", ".woff2", ".pdf", ".zip", ".apk", ".ico"}
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if re.search(pattern, line)
    ]

    assert named == []
