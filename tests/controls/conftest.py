"""What the tests of this room stand on."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from compliance.accounts.models import User
from compliance.projects.models import Organisation, Project
from controls.models import Control, Edition, Evidence, Implementation, Statement
from controls.services.applicability import adopt_edition
from controls.services.catalogue_load import Loaded, load_catalogues
from controls.services.control import add_control, implement_control
from controls.services.evidence import Facts, Links, Upload, submit_evidence
from tests.controls.editions import make_edition
from tests.controls.small_catalogue import write_small_catalogue
from tests.stage import staged


@staged
def backups(lumaro: Organisation, mara: User) -> Control:
    """A control of the organisation."""
    return add_control(organisation=lumaro, title="Backups", by=mara, kind="corrective")


@staged
def running(backups: Control, lumaro: Organisation, mara: User) -> Implementation:
    """The control in place for the whole organisation."""
    return implement_control(
        control=backups,
        scope=lumaro,
        owner=mara,
        by=mara,
        status="implemented",
        statement="Nightly, to a second region.",
    )


@staged
def project_backups(backups: Control, stridewell: Project, ed: User) -> Implementation:
    """The control in Stridewell, not begun."""
    return implement_control(control=backups, scope=stridewell, owner=ed, by=ed)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two editions and one crosswalk of two pairs."""
    return write_small_catalogue(tmp_path)


@pytest.fixture
def small(db: None, folder: Path) -> Path:
    """That folder, loaded."""
    load_catalogues(folder=folder, by="tests")
    return folder


@staged
def shipped() -> list[Loaded]:
    """What loading the shipped catalogues reported."""
    return load_catalogues(by="tests")


@staged
def annex() -> Edition:
    """An edition of three controls: K.1, K.2, K.3."""
    return make_edition("annex")


@staged
def statement(annex: Edition, lumaro: Organisation, mara: User) -> Statement:
    """Lumaro's statement of applicability for it."""
    return adopt_edition(scope=lumaro, edition=annex, by=mara)


@staged
def elsewhere(otto: User) -> Organisation:
    """Otto's organisation."""
    return Organisation.objects.get(name="Elsewhere")


@pytest.fixture
def evidence(running: Implementation, lumaro: Organisation, mara: User) -> Evidence:
    """A report Mara handed in about the running backups; nobody has judged it."""
    return submit_evidence(
        scope=lumaro,
        title="Restore test",
        shows="A restore took three hours.",
        kind="test_result",
        facts=Facts(
            source="Backup console, production",
            method="export_by_hand",
            collected_by=mara,
            observed_at=datetime(2026, 11, 1, 9, tzinfo=UTC),
        ),
        upload=Upload(BytesIO(b"%PDF-1.7 restore report"), "restore.pdf"),
        links=Links(implementations=[running]),
        by=mara,
    )
