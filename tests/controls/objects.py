"""Records of this room for the access matrix."""

from pathlib import Path
from tempfile import TemporaryDirectory

from compliance.projects.models import Project
from controls.services.catalogue_load import load_catalogues
from tests.controls.small_catalogue import write_small_catalogue
from tests.objects import MATRIX, value


@value("edition", "controls:*", names_record=False)
def edition(project: Project) -> str:
    """Catalogues are shared by all organisations."""
    with TemporaryDirectory() as folder:
        load_catalogues(folder=write_small_catalogue(Path(folder)), by=MATRIX)
    return "law-1"


@value("ref", "controls:*", names_record=False)
def requirement_ref(project: Project) -> str:
    return "Art.3"
