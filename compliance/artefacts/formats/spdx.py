"""SPDX 2.2 and 2.3 JSON: the packages an app is made of."""

from compliance.artefacts.formats.json_file import Node
from compliance.artefacts.formats.report import Component, Report

NOTHING = {"NOASSERTION", "NONE"}
DESCRIBES = {"DESCRIBES"}


def is_this(root: Node) -> bool:
    return root.is_object() and str(root.value.get("spdxVersion", "")).startswith("SPDX-")


def read(root: Node) -> Report:
    """Each package once; the one the document describes is the subject. Raises Unreadable."""
    version = root["spdxVersion"].text(20)
    if not version.startswith("SPDX-2."):
        root["spdxVersion"].refuse(f"{version} is not read: write SPDX 2.3")
    described = _described(root)
    subjects, parts = [], dict[Component, None]()
    for node in root["packages"].items():
        component = _component(node)
        if node["SPDXID"].text(200) in described:
            subjects.append(component)
        else:
            parts[component] = None
    subject = subjects[0] if len(subjects) == 1 else None
    parts |= dict.fromkeys(() if subject else subjects)
    creators = root["creationInfo"]["creators"].texts(120)
    tools = [one.partition(":")[2].strip() for one in creators if one.lower().startswith("tool:")]
    return Report(
        format="spdx",
        tool=", ".join(tools)[:200] or "SPDX",
        subject=subject.name if subject else "",
        version=subject.version if subject else "",
        components=tuple(parts),
    )


def _described(root: Node) -> set[str]:
    named = set(root["documentDescribes"].texts(200))
    for one in root["relationships"].items():
        if one["relationshipType"].text(40) in DESCRIBES:
            named.add(one["relatedSpdxElement"].text(200))
    return named


def _component(node: Node) -> Component:
    name = node["name"].text(200)
    if not name:
        node["name"].refuse("a package has a name")
    return Component(
        name=name,
        version=_said(node["versionInfo"].text(100)),
        purl=_purl(node),
        type=node["primaryPackagePurpose"].text(30).lower() or "library",
        licence=_said(node["licenseConcluded"].text(200)) or _said(node["licenseDeclared"].text(200)),
        supplier=_supplier(node["supplier"].text(160)),
    )


def _said(word: str) -> str:
    return "" if word in NOTHING else word


def _purl(node: Node) -> str:
    for one in node["externalRefs"].items():
        if one["referenceType"].text(40) == "purl":
            return one["referenceLocator"].text(400)
    return ""


def _supplier(said: str) -> str:
    kind, colon, name = said.partition(":")
    return _said(name.strip() if colon and kind in {"Organization", "Person"} else said)[:120]
