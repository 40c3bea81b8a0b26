"""What the papers promise is there, and what is there stands in the papers."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import AppConfig, apps
from simple_history.models import HistoricalChanges

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parent.parent
ROOMS = [config for config in apps.get_app_configs() if (ROOT / config.name.replace(".", "/")).is_dir()]
VARIABLE = re.compile(r"(?:ASSAY|DATABASE|CELERY)_[A-Z_]+")


def variables() -> set[str]:
    """The names of environment variables our code reads: every string that looks like one."""
    code = [path for room in ("compliance", "controls", "dataflows", "risks") for path in (ROOT / room).rglob("*.py")]
    texts = [text for path in code if VARIABLE.search(text := path.read_text()) or "secret(" in text]
    nodes = [node for text in texts for node in ast.walk(ast.parse(text))]
    strings = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    secrets = {ast.literal_eval(call.args[0]) for call in nodes if is_secret(call)}
    return {string for string in strings if VARIABLE.fullmatch(string)} | {f"{secret}_FILE" for secret in secrets}


def is_secret(node: ast.AST) -> bool:
    """Whether it is a call of `secret(NAME, …)`, which reads NAME_FILE too."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "secret"


def documented() -> set[str]:
    """The variables that have a row in the README's table."""
    return set(re.findall(rf"^\| `({VARIABLE.pattern})`", (ROOT / "README.md").read_text(), re.MULTILINE))


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.label)
def test_a_room_tells_what_stands_in_it(room: AppConfig):
    readme = Path(room.path) / "README.md"
    text = readme.read_text() if readme.exists() else ""
    names = {model.__name__ for model in room.get_models() if not issubclass(model, HistoricalChanges)}

    assert text != "", f"{room.name} has no README.md"
    assert {name for name in names if not re.search(rf"\b{name}\b", text)} == set()


def test_the_readme_lists_every_environment_variable():
    assert documented() == variables()


def test_make_help_lists_every_target():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30).stdout

    assert set(re.findall(r"^ +make (\w+)", listed, re.MULTILINE)) == targets


def test_links_in_the_papers_lead_somewhere():
    papers = [paper for folder in [ROOT, *(Path(room.path) for room in ROOMS)] for paper in folder.glob("*.md")]
    links = {(paper, link) for paper in papers for link in re.findall(r"\]\((?!\w+:|#)([^)#]+)", paper.read_text())}

    assert {f"{paper.parent.name}: {link}" for paper, link in links if not (paper.parent / link).exists()} == set()
