"""Lines of registers can be found by reference and words."""

from compliance.projects.search import searchable
from compliance.registers.models import RegisterRow

searchable(
    "register-row",
    "Registers",
    model=RegisterRow,
    kind="register",
    words=("title", "who"),
    related=("project", "organisation"),
    order=40,
)
