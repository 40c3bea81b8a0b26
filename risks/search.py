"""What of this room can be found by search."""

from compliance.projects.search import searchable
from risks.models import Asset, Risk

searchable("risk", "Risks", model=Risk, kind="risk", words=("title",), related=("project", "organisation"), order=20)
searchable("asset", "Assets", model=Asset, kind="risk", words=("name",), related=("project", "organisation"), order=21)
