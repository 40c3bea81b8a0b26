"""A pack built once for all who read it: of a project with a history, a register, an exhibit and a finding."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from compliance.accounts.models import User
from compliance.files.store import store
from compliance.ledger import change
from compliance.ledger.keys import make_signing_key
from compliance.packs import builder, registry, services
from compliance.packs.models import EvidencePack
from compliance.packs.registry import Citation, Exhibit, Finding, Period, check, section
from compliance.projects import services as projects
from compliance.registry import Registry

HOSTILE = "</td><script>alert(1)</script><img src='file:///etc/passwd'> & {{ settings.SECRET_KEY }} → ✓ Zürich"
EVIDENCE = b"%PDF-1.7\nAccess review of 3 Mar 2026\n"
PERIOD = Period(date(2020, 1, 1), date(2030, 12, 31))


@dataclass
class Made:
    """The bytes of a built pack, with the row they belong to."""

    pack: EvidencePack
    pdf: bytes
    archive: bytes
    content: str


@pytest.fixture
def rooms() -> Iterator[None]:
    """Only the sections and checks of the tests."""
    with only_ours():
        yield


@pytest.fixture(scope="session")
def made(empty_stage: Callable[[], None], django_db_blocker: Any) -> Made:
    """A pack of Stridewell; nothing of it stays in the database."""
    empty_stage()
    with django_db_blocker.unblock(), only_ours(), transaction.atomic():
        project, mara = a_project()
        pack = ask(project, mara)
        built = builder.build(pack, lambda stage, percent: None)
        transaction.set_rollback(True)
    return Made(pack, built.pdf.read_bytes(), built.archive.read_bytes(), built.contents.hash)


def a_project() -> tuple[Any, User]:
    """Stridewell with a little history."""
    with change(by="tests"):
        mara = User.objects.create_user("mara@packs.example", "correct horse battery", name="Mara Winter")
    lumaro = projects.create_organisation(name="Lumaro", by="tests", admin=mara, country="DE")
    project = projects.create_project(organisation=lumaro, name="Stridewell", by=mara)
    with change(by=mara, reason="Austria opens in March."):
        project.countries = "DE AT"
        project.summary = HOSTILE
        project.save()
    return project, mara


def ask(project: Any, by: User, **more: Any) -> EvidencePack:
    """Ask for a pack of the project."""
    return services.request_pack(scope=project, type="project_app", period=PERIOD, by=by, **more)


class only_ours:  # noqa: N801 - reads as a statement
    """Registries with one section, one check, and their own template."""

    def __enter__(self) -> None:
        make_signing_key()  # on PostgreSQL the sealer makes it
        self.patch = pytest.MonkeyPatch()
        for name, kind in (("sections", "pack section"), ("checks", "preflight check")):
            self.patch.setattr(registry, name, Registry(kind))
        from compliance.packs import documents, outline

        self.patch.setattr(outline, "sections", registry.sections)
        self.patch.setattr(documents, "sections", registry.sections)
        _register()

    def __exit__(self, *exception: object) -> None:
        self.patch.undo()


def _register() -> None:
    @section("register", "Register", 70, "packs/print/matrix.html", wide=True)
    def register(project: Any, at: datetime, period: Period) -> dict[str, Any]:
        blob = store(io.BytesIO(EVIDENCE), limit=1000, name="review.pdf")
        rows = [{"requirement": "A.5.15", "records": [{"record": "R-0001", "title": HOSTILE, "page": 1}]}]
        exhibit = Exhibit(
            "EV-0001", "Access review", blob.sha256, blob.size, blob.content_type, "Access review.pdf", "3 Mar 2026"
        )
        return {
            "rows": rows,
            "registers": {"register.csv": [{"reference": "R-0001", "title": "=1+1", "due": date(2026, 1, 1)}]},
            "exhibits": [exhibit],
            "citations": [Citation("A.5.15", "E-001", "Access review"), Citation("A.5.2", "R-9999", "Elsewhere")],
        }

    @check("PF01", level="warn")
    def always(project: Any, at: datetime, period: Period) -> list[Finding]:
        return [Finding("PF01", "warn", "Something the reader should know.")]


@pytest.fixture
def on_disk(made: Made, tmp_path: Path) -> tuple[Path, Path]:
    """The pack's PDF and ZIP as files."""
    pdf, archive = tmp_path / "pack.pdf", tmp_path / "pack.zip"
    pdf.write_bytes(made.pdf)
    archive.write_bytes(made.archive)
    return pdf, archive
