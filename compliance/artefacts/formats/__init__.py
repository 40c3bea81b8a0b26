"""What tools say about an app, as plain values: bytes in, a `Report` out, no database and no Django.

`read(data)` finds the format by what the file holds. Whatever cannot be read is `Unreadable`, whose message names the
place in the file; nothing else is raised, whatever the bytes are.
"""

from collections.abc import Callable

from compliance.artefacts.formats import cyclonedx, mobsf, osv, sarif, spdx
from compliance.artefacts.formats.json_file import MAX_BYTES, Node, Unreadable, parse
from compliance.artefacts.formats.report import SEVERITIES, Component, Found, Report

__all__ = ["FORMATS", "MAX_BYTES", "SEVERITIES", "Component", "Found", "Report", "Unreadable", "format_of", "read"]

READERS: dict[str, tuple[str, Callable[[Node], bool], Callable[[Node], Report]]] = {
    "sarif": ("SARIF 2.1.0", sarif.is_this, sarif.read),
    "cyclonedx": ("CycloneDX JSON", cyclonedx.is_this, cyclonedx.read),
    "spdx": ("SPDX 2.3 JSON", spdx.is_this, spdx.read),
    "mobsf": ("MobSF JSON report", mobsf.is_this, mobsf.read),
    "osv": ("OSV", osv.is_this, osv.read),
}
FORMATS = {key: label for key, (label, _, _) in READERS.items()}


def format_of(root: Node) -> str:
    """The key of the format a parsed file is in. Raises Unreadable."""
    for key, (_, is_this, _) in READERS.items():
        if is_this(root):
            return key
    known = ", ".join(FORMATS.values())
    raise Unreadable(f"This JSON is none of the formats that can be read: {known}.")


def read(data: bytes) -> Report:
    """The report in a file. Raises Unreadable."""
    root = parse(data)
    return READERS[format_of(root)][2](root)
