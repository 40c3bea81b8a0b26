"""What the tests of this room stand on."""

from pathlib import Path

import pytest

from compliance.accounts.models import User
from compliance.projects.models import Organisation, Project
from controls.models import Control, Implementation
from controls.services.catalogue_load import Loaded, load_catalogues
from controls.services.control import add_control, implement_control
from tests.controls.small_catalogue import write_small_catalogue


@pytest.fixture
def backups(lumaro: Organisation, mara: User) -> Control:
    """A control of the organisation."""
    return add_control(organisation=lumaro, title="Backups", by=mara, kind="corrective")


@pytest.fixture
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


@pytest.fixture
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


@pytest.fixture
def shipped(db: None) -> list[Loaded]:
    """What loading the shipped catalogues reported."""
    return load_catalogues(by="tests")
