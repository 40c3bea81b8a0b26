"""CycloneDX JSON 1.2 to 1.7: components, vulnerabilities and what was said about them (VEX)."""

from collections.abc import Iterator

from compliance.artefacts.formats.cvss_score import first_scored
from compliance.artefacts.formats.json_file import MAX_ITEMS, Node
from compliance.artefacts.formats.report import Component, Found, Report, severity, severity_of_score, told_apart

STATES = {"resolved_with_pedigree": "resolved"}
KNOWN = {"resolved", "exploitable", "in_triage", "false_positive", "not_affected"}
NESTED = 20
NOWHERE = Node(None, "")


def is_this(root: Node) -> bool:
    """Whether a document is a CycloneDX BOM."""
    return root.is_object() and (root.value.get("bomFormat") == "CycloneDX" or _by_schema(root))


def _by_schema(root: Node) -> bool:
    return "cyclonedx" in str(root.value.get("$schema", "")).lower()


def read(root: Node) -> Report:
    """Components once each, and one finding per vulnerability and component it affects. Raises Unreadable."""
    named: dict[str, Component] = {}
    order = []
    subject = root["metadata"]["component"]
    for node in (*([subject] if subject else ()), *_all(root["components"], 0)):
        component = _component(node)
        for key in (node["bom-ref"].text(500), component.purl):
            if key:
                named.setdefault(key, component)
        if node is not subject:
            order.append(component)
        if len(order) > MAX_ITEMS:
            node.refuse(f"the file holds more than {MAX_ITEMS:,} components: split it")
    found = [one for node in root["vulnerabilities"].items() for one in _found(node, named)]
    if len(found) > MAX_ITEMS:
        root["vulnerabilities"].refuse(f"they affect more than {MAX_ITEMS:,} components: split the file")
    about = _component(subject) if subject else None
    return Report(
        format="cyclonedx",
        tool=_tool(root["metadata"]["tools"]) or "CycloneDX",
        subject=about.name if about else "",
        version=about.version if about else "",
        found=told_apart("cyclonedx", found),
        components=tuple(dict.fromkeys(order)),
    )


def _all(components: Node, depth: int) -> Iterator[Node]:
    if depth > NESTED:
        components.refuse(f"components are nested deeper than {NESTED} levels")
    for node in components.items():
        yield node
        yield from _all(node["components"], depth + 1)


def _component(node: Node) -> Component:
    group, name = node["group"].text(150), node["name"].text(200)
    if not name:
        node["name"].refuse("a component has a name")
    supplier = node["supplier"]["name"].text(120) or node["publisher"].text(120) or node["author"].text(120)
    return Component(
        name=f"{group}/{name}"[:200] if group else name,
        version=node["version"].text(100),
        purl=node["purl"].text(400),
        type=node["type"].text(30) or "library",
        licence=_licence(node["licenses"]),
        supplier=supplier,
    )


def _licence(licences: Node) -> str:
    said = []
    for one in licences.items()[:20]:
        inner = one["license"]
        said.append(one["expression"].text(120) or inner["id"].text(60) or inner["name"].text(120))
    return ", ".join(dict.fromkeys(word for word in said if word))[:200]


def _tool(tools: Node) -> str:
    """From version 1.5 on the tools are components."""
    listed = tools.items() if tools.is_list() else [*tools["components"].items(), *tools["services"].items()]
    names = (f"{one['name'].text(60)} {one['version'].text(30)}".strip() for one in listed[:5])
    return ", ".join(name for name in names if name)[:200]


def _found(node: Node, named: dict[str, Component]) -> Iterator[Found]:
    identifiers = _identifiers(node)
    if not identifiers:
        node["id"].refuse("a vulnerability has an id")
    vectors = [rating["vector"].text(400) for rating in node["ratings"].items()]
    score = first_scored(vectors)
    analysis = node["analysis"]
    state = analysis["state"].text(40)
    said = STATES.get(state, state)
    affected = node["affects"].items()
    for target in affected or [NOWHERE]:
        ref = target["ref"].text(500)
        component = _affected(ref, named)
        yield Found(
            kind="component",
            title=_title(node, identifiers, component),
            detail="\n\n".join(part for part in (node["description"].text(4000), node["detail"].text(4000)) if part),
            identifiers=identifiers,
            severity=score.severity if score else _severity(node),
            cvss=score.vector if score else "",
            component=component,
            fixed_in=_fixed(node, target),
            tags=tuple(f"CWE-{one.text(10)}" for one in node["cwes"].items()[:20]),
            said=said if said in KNOWN else "",
            justification=analysis["justification"].text(60),
            remark=analysis["detail"].text(2000),
            marks=(identifiers[0], component.key if component else ref, component.version if component else ""),
            place=node.path,
        )


def _affected(ref: str, named: dict[str, Component]) -> Component | None:
    """The component a reference names, also as a link into another BOM (urn:cdx:…#ref)."""
    if not ref:
        return None
    inner = ref.partition("#")[2]
    known = named.get(ref) or named.get(inner)
    if known is None and (ref.startswith("pkg:") or inner.startswith("pkg:")):
        return from_purl(ref if ref.startswith("pkg:") else inner)
    return known


def from_purl(purl: str) -> Component:
    """A component of which only the package address is known."""
    bare = purl.partition("?")[0].partition("#")[0]
    name, _, version = bare.rpartition("@") if "@" in bare.rpartition("/")[2] else (bare, "", "")
    return Component(name=name.partition("/")[2][:200] or purl[:200], version=version[:100], purl=purl[:400])


def _identifiers(node: Node) -> tuple[str, ...]:
    references = [one["id"].text(60) for one in node["references"].items()[:50]]
    return tuple(dict.fromkeys(word for word in (node["id"].text(60), *references) if word))


def _title(node: Node, identifiers: tuple[str, ...], component: Component | None) -> str:
    described = node["description"].text(4000).partition("\n")[0]
    plain = described if 0 < len(described) <= 160 else ""
    return (plain or f"{identifiers[0]} in {component.label if component else 'the app'}")[:200]


def _severity(node: Node) -> str:
    words, scores = [], []
    for rating in node["ratings"].items():
        words.append(severity(rating["severity"].text(20)))
        scores.append(severity_of_score(rating["score"].number()))
    return next((word for word in (*words, *scores) if word), "medium")


def _fixed(node: Node, target: Node) -> str:
    unaffected = (one["version"].text(60) for one in target["versions"].items() if one["status"].text() == "unaffected")
    return next((word for word in unaffected if word), "") or node["recommendation"].text(120)
