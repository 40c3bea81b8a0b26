"""The lists of this room."""

import re

from django.utils.html import format_html_join
from django_filters import ChoiceFilter

from compliance.artefacts.models import Artefact, Platform, Source, State
from compliance.artefacts.words import WORDS, more_of
from compliance.files.store import readable_size
from compliance.ui.filters import Filters
from compliance.ui.register import Column, Register


def _breakable(row: object, value: object) -> str:
    """Long names break behind their marks, so that the table stays on the page."""
    pieces = re.split(r"(?<=[./_:-])(?=[^\s])", str(value or ""))
    return format_html_join("", "{}<wbr>", ((piece,) for piece in pieces))


class ArtefactFilter(Filters):
    """Which artefacts to show."""

    state = ChoiceFilter(choices=State.choices, label="State", empty_label="any")
    platform = ChoiceFilter(choices=Platform.choices, label="Platform", empty_label="any")
    source = ChoiceFilter(choices=Source.choices, label="Came by", empty_label="any")

    class Meta:
        model = Artefact
        fields = ()


ARTEFACTS = Register(
    key="artefacts",
    noun="artefact",
    filterset=ArtefactFilter,
    order="-reference",
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("file", "File", kind="main", value="file_name", sort="file_name"),
        Column("state", "State", kind="state", sort="state"),
        Column("called", "What it is", sort="kind"),
        Column("platform", "Platform", sort="platform"),
        Column("total", "Facts", kind="number"),
        Column("message", "Remark"),
        Column("sender", "Handed in by", value=lambda row: row.token.reference if row.token else row.uploaded_by),
        Column("uploaded", "On", value="uploaded_at", kind="moment", sort="uploaded_at"),
        Column("size", "Size", value=lambda row: readable_size(row.size), sort="size", shown=False),
        Column("tool", "Made by", value=lambda row: f"{row.tool} {row.tool_version}".strip(), shown=False),
        Column("build", "Build", value="build_hash", shown=False),
        Column("commit", "Commit", shown=False),
        Column("sha256", "SHA-256", value="blob_id", shown=False),
    ),
    empty_title="No artefacts yet",
    empty_text="What the build says of itself: manifest or app, privacy manifests, component list, scan report.",
)
FACTS = Register(
    key="facts",
    noun="fact",
    page_size=100,
    kept=False,
    columns=(
        Column("kind", "What", value=lambda one: WORDS.get(one.kind, one.kind), sort="kind"),
        Column("key", "Name", kind="main", sort="key", draw=_breakable),
        Column("value", "Value", sort="value", draw=_breakable),
        Column("more", "More", value=more_of, draw=_breakable),
        Column("by", "Of", sort="by"),
        Column("where", "Where", sort="where", draw=_breakable),
    ),
    empty_title="Nothing found",
    empty_text="No fact holds these words.",
)
