"""What the access matrix puts into the addresses of registers."""

from compliance.projects.models import Project
from compliance.registers.declaration import register_types
from compliance.registers.services.row import Said, add_row
from tests.objects import MATRIX, value


@value("register", "registers:*", names_record=False)
def register(project: Project) -> str:
    return "obligations"


@value("reference", "registers:*")
def row(project: Project) -> str:
    values = {"source": "law", "citation": "Art. 33", "territory": "EU", "status": "met"}
    said = Said(f"Tell the authority, {project}", values)
    return add_row(register=register_types["obligations"], scope=project, said=said, by=MATRIX).reference
