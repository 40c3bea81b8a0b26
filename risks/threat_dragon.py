"""OWASP Threat Dragon models, versions 1 and 2: JSON in and out as plain values, no database."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from compliance.artefacts.formats.json_file import Node, Unreadable, parse

SHAPES = {"tm.Actor": "actor", "tm.Process": "process", "tm.Store": "store", "tm.Flow": "flow"}
BOUNDARIES = {"tm.Boundary", "tm.BoundaryBox", "tm.BoundaryCurve"}
V1_SHAPES = {"actor": "tm.Actor", "process": "tm.Process", "store": "tm.Store", "flow": "tm.Flow"}
STATUSES = {
    "open": "open",
    "mitigated": "mitigated",
    "not applicable": "not_applicable",
    "notapplicable": "not_applicable",
}
SEVERITIES = {
    "low": ("low", "low"),
    "medium": ("medium", "medium"),
    "high": ("medium", "high"),
    "critical": ("high", "high"),
}
CATEGORIES = {
    "spoofing": "spoofing",
    "tampering": "tampering",
    "repudiation": "repudiation",
    "information disclosure": "information_disclosure",
    "denial of service": "denial_of_service",
    "elevation of privilege": "elevation_of_privilege",
    "linkability": "linking",
    "linking": "linking",
    "identifiability": "identifying",
    "identifying": "identifying",
    "non-repudiation": "non_repudiation",
    "detectability": "detecting",
    "detecting": "detecting",
    "disclosure of information": "data_disclosure",
    "data disclosure": "data_disclosure",
    "unawareness": "unawareness",
    "unintervenability": "unintervenability",
    "non-compliance": "non_compliance",
    "confidentiality": "information_disclosure",
    "integrity": "tampering",
    "availability": "denial_of_service",
}
CIA = {"confidentiality", "integrity", "availability"}
NAMES = {value: key.capitalize() for key, value in reversed(CATEGORIES.items()) if key not in CIA}
LINDDUN = {"linking", "identifying", "non_repudiation", "detecting", "data_disclosure", "unawareness", "non_compliance"}
LINDDUN |= {"unintervenability"}
MOST = 2_000


@dataclass(frozen=True)
class Found:
    """A threat: `category` of ours, `status` of ours; what the file said otherwise stands in the description."""

    key: str
    title: str
    category: str
    status: str = "open"
    severity: str = "Medium"
    description: str = ""
    mitigation: str = ""


@dataclass(frozen=True)
class Cell:
    """An element, a flow or a boundary; `source`, `target` and `inside` are keys."""

    key: str
    shape: str
    name: str
    description: str = ""
    source: str = ""
    target: str = ""
    inside: str = ""
    both_ways: bool = False
    protocol: str = ""
    encrypted: bool = False
    public_network: bool = False
    out_of_scope: bool = False
    out_because: str = ""
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    threats: tuple[Found, ...] = ()


@dataclass(frozen=True)
class Model:
    """A model as read, or to be written. `left` tells what of the file could not be used."""

    title: str
    description: str = ""
    participants: str = ""
    method: str = "stride"
    cells: tuple[Cell, ...] = ()
    left: tuple[str, ...] = field(default=())


def read(data: bytes) -> Model:
    """The model in a file. Raises Unreadable, with the place."""
    root = parse(data)
    if not root.is_object() or not root["summary"].is_object() or not root["detail"].is_object():
        raise Unreadable("This is no Threat Dragon model: summary and detail are missing.")
    detail, cells, methods = root["detail"], [], []
    for diagram in detail["diagrams"].items():
        methods.append(diagram["diagramType"].text(20).lower())
        nodes = diagram["cells"] if diagram.has("cells") else diagram["diagramJson"]["cells"]
        cells += [cell for node in nodes.items() if (cell := _cell(node))]
    if len(cells) > MOST:
        detail["diagrams"].refuse(f"the model has more than {MOST:,} elements")
    cells, left = _joined(_once(cells))
    people = [detail["reviewer"].text(100), *(one["name"].text(60) for one in detail["contributors"].items()[:20])]
    owner = root["summary"]["owner"].text(60)
    return Model(
        title=root["summary"]["title"].text(120) or "Threat Dragon model",
        description=root["summary"]["description"].text(4000),
        participants=", ".join(dict.fromkeys(one for one in (owner, *people) if one))[:300],
        method="linddun" if methods and all("linddun" in one for one in methods) else _method(cells),
        cells=tuple(_placed(cells)),
        left=tuple(left),
    )


def _method(cells: Iterable[Cell]) -> str:
    named = {one.category for cell in cells for one in cell.threats}
    return "both" if named & LINDDUN and named - LINDDUN else "linddun" if named & LINDDUN else "stride"


def _cell(node: Node) -> Cell | None:
    data = node["data"] if node["data"].is_object() else node
    kind = data["type"].text(30) or V1_SHAPES.get(node["shape"].text(30), node["shape"].text(30))
    shape = SHAPES.get(kind) or ("boundary" if kind in BOUNDARIES or "boundary" in kind.lower() else "")
    if not shape:
        return None
    key = node["id"].text(60)
    if not key:
        node["id"].refuse("an element has an id")
    name = " ".join((data["name"].text(200) or _drawn_name(node)).split())
    words = {"boundary": "Trust boundary", "flow": "Flow"}
    return Cell(
        key=key,
        shape=shape,
        name=(name or words.get(shape, shape.capitalize()))[:100],
        description=data["description"].text(4000),
        source=_end(node["source"]) if shape == "flow" else "",
        target=_end(node["target"]) if shape == "flow" else "",
        both_ways=_flag(data["isBidirectional"]),
        protocol=data["protocol"].text(60),
        encrypted=_flag(data["isEncrypted"]),
        public_network=_flag(data["isPublicNetwork"]),
        out_of_scope=_flag(data["outOfScope"]),
        out_because=data["reasonOutOfScope"].text(200),
        box=_box(node) if shape != "flow" else (0, 0, 0, 0),
        threats=tuple(_threat(one, n, key) for n, one in enumerate(data["threats"].items())),
    )


def _flag(node: Node) -> bool:
    return node.value is True


def _drawn_name(node: Node) -> str:
    """Where older files keep what is written on a shape."""
    drawn = node["attrs"] if node["attrs"].is_object() else Node({}, node.path)
    for place in (drawn["text"], drawn["label"]):
        if place.is_object() and (said := place["text"].text(200)):
            return said
    for one in node["labels"].items()[:1]:
        if not one.is_object():
            return one.text(200)
        attrs = one["attrs"]
        for name in ("labelText", "text", "label"):
            if attrs.is_object() and attrs[name].is_object() and (said := attrs[name]["text"].text(200)):
                return said
    return ""


def _end(node: Node) -> str:
    return (node["cell"].text(60) or node["id"].text(60)) if node.is_object() else ""


def _box(node: Node) -> tuple[int, int, int, int]:
    numbers = []
    for part, names in (("position", ("x", "y")), ("size", ("width", "height"))):
        inner = node[part]
        numbers += [(inner[name].number_or_none() or 0) if inner.is_object() else 0 for name in names]
    x, y, width, height = (int(max(min(one, 100_000), -100_000)) for one in numbers)
    return x, y, width, height


def _threat(node: Node, n: int, element: str) -> Found:
    kind = node["type"].text(60)
    category = CATEGORIES.get(kind.lower(), "information_disclosure")
    said = node["description"].text(6000)
    if kind and kind.lower() not in CATEGORIES:
        said = f"{said}\n\nCategory in the file: {kind}".strip()
    return Found(
        key=node["id"].text(60) or node["threatId"].text(60) or f"{element[:50]}/{n}",
        title=(node["title"].text(160) or kind or "Threat")[:160],
        category=category,
        status=STATUSES.get(node["status"].text(20).lower(), "open"),
        severity=node["severity"].text(20).capitalize() or "Medium",
        description=said,
        mitigation=node["mitigation"].text(6000),
    )


def _once(cells: list[Cell]) -> list[Cell]:
    """Ids stand once over all diagrams, of cells and of threats."""
    seen: set[str] = set()
    kept = []
    for cell in cells:
        if cell.key in seen:
            continue
        seen.add(cell.key)
        found = [one for one in cell.threats if not (one.key in seen or seen.add(one.key))]  # type: ignore[func-returns-value]
        kept.append(replace(cell, threats=tuple(found)))
    return kept


def _joined(cells: list[Cell]) -> tuple[list[Cell], list[str]]:
    """Flows whose two ends are elements; the others are told."""
    ends = {cell.key for cell in cells if cell.shape in {"actor", "process", "store"}}
    loose = [cell for cell in cells if cell.shape == "flow" and not {cell.source, cell.target} <= ends]
    said = [f"{cell.name}: the flow touches no element at one end." for cell in loose]
    return [cell for cell in cells if cell not in loose], said


def _placed(cells: list[Cell]) -> Iterable[Cell]:
    """Elements inside the smallest boundary box their middle lies in."""
    frames = [cell for cell in cells if cell.shape == "boundary" and cell.box[2] > 20 and cell.box[3] > 20]
    for cell in cells:
        if cell.shape in {"flow", "boundary"}:
            yield cell
            continue
        x, y = cell.box[0] + cell.box[2] // 2, cell.box[1] + cell.box[3] // 2
        around = [one for one in frames if _within(x, y, one.box)]
        inner = min(around, key=lambda one: one.box[2] * one.box[3], default=None)
        yield replace(cell, inside=inner.key if inner else "")


def _within(x: int, y: int, box: tuple[int, int, int, int]) -> bool:
    return box[0] <= x <= box[0] + box[2] and box[1] <= y <= box[1] + box[3]


def write(model: Model) -> bytes:
    """The model as Threat Dragon 2 reads it."""
    kind = {"stride": "STRIDE", "linddun": "LINDDUN"}.get(model.method, "Generic")
    diagram = {
        "id": 0,
        "title": model.title,
        "diagramType": kind,
        "placeholder": "",
        "thumbnail": "./public/content/images/thumbnail.jpg",
        "version": "2.3.0",
        "cells": [_written(cell, n) for n, cell in enumerate(model.cells, 1)],
    }
    threats = sum(len(cell.threats) for cell in model.cells)
    document = {
        "version": "2.3.0",
        "summary": {"title": model.title, "owner": "", "description": model.description, "id": 0},
        "detail": {
            "contributors": [{"name": one} for one in model.participants.split(", ") if one],
            "diagrams": [diagram],
            "diagramTop": 1,
            "reviewer": "",
            "threatTop": threats,
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def _written(cell: Cell, n: int) -> dict[str, Any]:
    threats = [_written_threat(one, m) for m, one in enumerate(cell.threats, 1)]
    data = {
        "type": {value: key for key, value in SHAPES.items()}.get(cell.shape, "tm.BoundaryBox"),
        "name": cell.name,
        "description": cell.description,
        "outOfScope": cell.out_of_scope,
        "reasonOutOfScope": cell.out_because,
        "hasOpenThreats": any(one.status == "open" for one in cell.threats),
    }
    if cell.shape == "boundary":
        data |= {"isTrustBoundary": True}
    else:
        data |= {"threats": threats}
    written: dict[str, Any] = {"id": cell.key, "shape": cell.shape, "zIndex": n, "data": data, "visible": True}
    if cell.shape == "flow":
        data |= {
            "isBidirectional": cell.both_ways,
            "isEncrypted": cell.encrypted,
            "isPublicNetwork": cell.public_network,
            "protocol": cell.protocol,
        }
        written |= {
            "connector": "smooth",
            "labels": [cell.name],
            "source": {"cell": cell.source},
            "target": {"cell": cell.target},
            "vertices": [],
        }
        return written
    x, y, width, height = cell.box
    written |= {"position": {"x": x, "y": y}, "size": {"width": width, "height": height}}
    written["attrs"] = {"label" if cell.shape == "boundary" else "text": {"text": cell.name}}
    if cell.shape == "boundary":
        written |= {"shape": "trust-boundary-box", "zIndex": -1}
    return written


def _written_threat(found: Found, n: int) -> dict[str, Any]:
    status = {"mitigated": "Mitigated", "not_applicable": "NotApplicable"}.get(found.status, "Open")
    return {
        "id": found.key,
        "title": found.title,
        "status": status,
        "severity": found.severity,
        "type": NAMES.get(found.category, found.category),
        "description": found.description,
        "mitigation": found.mitigation,
        "modelType": "LINDDUN" if found.category in LINDDUN else "STRIDE",
        "new": False,
        "number": n,
        "score": "",
    }
