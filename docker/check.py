"""Every check that needs no database and no browser; all of them run, then the failed ones are named.

python -m docker.check [--fix]     `--fix` only formats
"""

import secrets
import sys
import tempfile
from pathlib import Path

from docker import setup
from docker.steps import PYTHON, StepFailed, step, told

BIN = PYTHON.parent
MANAGE: list[str | Path] = [PYTHON, "manage.py"]
PACKAGES = ["compliance", "controls", "dataflows", "risks", "docker"]
FORMAT: dict[str, list[str | Path]] = {
    "Sorting imports, mending lint": [BIN / "ruff", "check", "--fix", "--quiet", "."],
    "Formatting Python": [BIN / "ruff", "format", "--quiet", "."],
}
CHECKS: dict[str, list[str | Path]] = {
    "Lint (ruff)": [BIN / "ruff", "check", "."],
    "Format (ruff)": [BIN / "ruff", "format", "--check", "."],
    "Layers (import-linter)": [BIN / "lint-imports"],
    "Templates (djlint)": [BIN / "djlint", "--lint", "--quiet", "templates"],
    "Django's checks": [*MANAGE, "check", "--fail-level", "WARNING"],
    "Migrations match the models": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "Django's checks for production": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    "Types (mypy)": [BIN / "mypy", *PACKAGES],
}
PRODUCTION = {"ASSAY_PRODUCTION": "1", "ASSAY_HOSTS": "assay.example.org", "ASSAY_ORIGINS": "https://assay.example.org"}


def main() -> None:
    """Run them all; stop at the end with the names of those that failed."""
    failures = {}
    with tempfile.TemporaryDirectory(prefix="assay-check-") as data:
        for name, command in CHECKS.items():
            env = {"ASSAY_DATA_DIR": data}
            if "--deploy" in command:
                env |= {**PRODUCTION, "ASSAY_SECRET_KEY": secrets.token_urlsafe(64)}
            try:
                step(
                    name,
                    command,
                    mend="read the lines above; `make fmt` mends format and import order",
                    timeout=600,
                    env=env,
                )
            except StepFailed as failure:
                failures[name] = str(failure)
    if failures:
        raise StepFailed("\n\n".join(failures.values()) + f"\n\nFailed: {', '.join(failures)}")
    print("  Every check passes.")


if __name__ == "__main__":
    with told():
        setup.main("check")
        if "--fix" in sys.argv:
            for title, line in FORMAT.items():
                step(title, line, mend="mend the lines above by hand", timeout=300)
        else:
            main()
