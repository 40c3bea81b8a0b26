"""OSV: one advisory, a list of them, or what osv-scanner writes (packages with the advisories that meet them)."""

from collections.abc import Iterable, Iterator

from compliance.artefacts.formats.cvss_score import first_scored
from compliance.artefacts.formats.json_file import Node
from compliance.artefacts.formats.report import Component, Found, Report, severity, severity_of_score, told_apart

ADVISORY = ("id", "affected")


def is_this(root: Node) -> bool:
    """Whether a document is an advisory, a list of advisories, or a result of osv-scanner."""
    if root.is_list():
        return bool(root.value) and all(_is_advisory(one) for one in root.value)
    if not root.is_object():
        return False
    return root["results"].is_list() or root["vulns"].is_list() or _is_advisory(root.value)


def _is_advisory(value: object) -> bool:
    return isinstance(value, dict) and "id" in value and ("affected" in value or "modified" in value)


def read(root: Node) -> Report:
    """One finding per package and advisory; advisories that are aliases of one another are one. Raises Unreadable."""
    if root.is_object() and root["results"].is_list():
        found = list(_scanned(root["results"]))
        packages = dict.fromkeys(one.component for one in found if one.component)
        return Report("osv", "osv-scanner", found=told_apart("osv", found), components=tuple(packages))
    nodes = root.items() if root.is_list() else root["vulns"].items() if root["vulns"] else [root]
    withdrawn = [node for node in nodes if node["withdrawn"].text()]
    found = [one for node in nodes if node not in withdrawn for one in _advised(node)]
    remarks = (f"{len(withdrawn):,} left out: withdrawn.",) if withdrawn else ()
    return Report("osv", "OSV", found=told_apart("osv", found), remarks=remarks)


def _scanned(results: Node) -> Iterator[Found]:
    for result in results.items():
        path = result["source"]["path"].text(300)
        for entry in result["packages"].items():
            package = entry["package"]
            component = _component(package, package["version"].text(100))
            for group, best in _groups(entry):
                yield _found(group, component, path, best)


def _groups(entry: Node) -> Iterator[tuple[list[Node], float | None]]:
    """Advisories of a package that mean the same, with the highest score the scanner names."""
    known = {node["id"].text(60): node for node in entry["vulnerabilities"].items()}
    for group in entry["groups"].items():
        mine = [known.pop(name) for name in group["ids"].texts(60) if name in known]
        if mine:
            yield mine, group["max_severity"].number()
    for node in known.values():
        yield [node], None


def _advised(node: Node) -> Iterator[Found]:
    packages = [one for one in node["affected"].items() if one["package"]]
    for affected in packages:
        yield _found([node], _component(affected["package"], ""), "", None)
    if not packages:
        yield _found([node], None, "", None)


def _component(package: Node, version: str) -> Component:
    name = package["name"].text(200) or package["commit"].text(60)
    if not name:
        package["name"].refuse("a package has a name")
    ecosystem = package["ecosystem"].text(40).partition(":")[0]
    kind = {"pypi": "pypi", "crates.io": "cargo", "go": "golang", "packagist": "composer", "rubygems": "gem"}
    purl = package["purl"].text(400)
    if not purl and ecosystem:
        path = name.replace(":", "/") if ecosystem == "Maven" else name
        purl = f"pkg:{kind.get(ecosystem.lower(), ecosystem.lower())}/{path}{f'@{version}' if version else ''}"
    return Component(name=name, version=version, purl=purl)


def _found(nodes: list[Node], component: Component | None, path: str, best: float | None) -> Found:
    first = nodes[0]
    identifiers = _identifiers(nodes)
    if not identifiers:
        first["id"].refuse("an advisory has an id")
    score = first_scored([one["score"].text(400) for node in nodes for one in _severities(node)])
    word = next((found for node in nodes if (found := severity(_named(node)))), "")
    return Found(
        kind="component",
        title=(first["summary"].text(200) or f"{identifiers[0]} in {component.label if component else 'the app'}"),
        detail=first["details"].text(8000),
        identifiers=identifiers,
        severity=(score.severity if score else "") or word or severity_of_score(best) or "medium",
        cvss=score.vector if score else "",
        component=component,
        location=path,
        fixed_in=", ".join(_fixed(nodes, component))[:120],
        tags=tuple(dict.fromkeys(tag for node in nodes for tag in _weaknesses(node))),
        marks=(identifiers[0], component.key if component else "", component.version if component else "", path),
        place=first.path,
    )


def _identifiers(nodes: Iterable[Node]) -> tuple[str, ...]:
    names = [node["id"].text(60) for node in nodes] + [one for node in nodes for one in node["aliases"].texts(60)]
    return tuple(dict.fromkeys(name for name in names if name))


def _severities(node: Node) -> Iterator[Node]:
    yield from node["severity"].items()
    for affected in node["affected"].items():
        yield from affected["severity"].items()


def _named(node: Node) -> str:
    for one in (node["database_specific"], node["ecosystem_specific"]):
        if one.is_object() and isinstance(one["severity"].value, str):
            return one["severity"].text(20)
    return ""


def _weaknesses(node: Node) -> tuple[str, ...]:
    return node["database_specific"]["cwe_ids"].texts(20) if node["database_specific"].is_object() else ()


def _fixed(nodes: list[Node], component: Component | None) -> list[str]:
    """The versions that mend it, of the package in question."""
    said: dict[str, None] = {}
    for affected in (one for node in nodes for one in node["affected"].items()):
        if component and affected["package"] and affected["package"]["name"].text(200) != component.name:
            continue
        for event in (event for part in affected["ranges"].items() for event in part["events"].items()):
            if version := event["fixed"].text(60):
                said[version] = None
    return list(said)
