"""The JSON report of MobSF on an Android or iOS app, of any version since 3.1, its scorecard, and mobsfscan's."""

import re
from collections.abc import Iterator

from compliance.artefacts.formats.json_file import Node
from compliance.artefacts.formats.report import Found, Report, severity, told_apart

SECTIONS = ("manifest_analysis", "code_analysis", "certificate_analysis", "binary_analysis", "ats_analysis")
CARD = ("high", "warning", "info", "secure", "hotspot")
MARKUP = re.compile(r"<br\s*/?>|</?[a-z][^<>]{0,60}>", re.IGNORECASE)
WEAKNESS = re.compile(r"CWE-(\d{1,5})", re.IGNORECASE)
TOP_TEN = re.compile(r"\bM(\d{1,2})\b")
MASVS = re.compile(r"\bMSTG-[A-Z]+-\d{1,2}|\bMASVS-[A-Z]+-\d{1,2}")
FLAWS = ("nx", "pie", "stack_canary", "relocation_readonly", "rpath", "runpath", "fortify", "symbol", "arc")
FILES = 40


def is_this(root: Node) -> bool:
    """Whether a document is a report or a scorecard of MobSF."""
    if not root.is_object():
        return False
    if root.has("mobsfscan_version"):
        return True
    scorecard = all(root.has(name) for name in CARD[:4]) and root.has("security_score")
    return scorecard or sum(root.has(name) for name in SECTIONS) >= 2 or (root.has("version") and root.has("appsec"))


def read(root: Node) -> Report:
    """What the report holds for a flaw; what it notes as good is left out. Raises Unreadable."""
    if root.has("mobsfscan_version"):
        found = list(_by_rule(root["results"], "Code"))
    else:
        found = list(_card(root)) if root.has("high") and root.has("secure") else list(_full(root))
    kept = [one for one in found if one.severity]
    left = len(found) - len(kept)
    return Report(
        format="mobsf",
        tool=f"MobSF {_text(root['version'], 20).lstrip('v')}".strip(),
        subject=_text(root["package_name"], 120) or _text(root["bundle_id"], 120) or _text(root["app_name"], 120),
        version=_text(root["version_name"], 40) or _text(root["app_version"], 40),
        found=told_apart("mobsf", kept),
        remarks=(f"{left:,} left out: noted as good.",) if left else (),
    )


def _text(node: Node, most: int) -> str:
    return node.text(most) if isinstance(node.value, str | int | float) else ""


def _full(root: Node) -> Iterator[Found]:
    yield from _listed(root["manifest_analysis"], "manifest_findings", "Manifest")
    yield from _listed(root["network_security"], "network_findings", "Network security configuration")
    yield from _listed(root["ats_analysis"], "ats_findings", "App Transport Security")
    yield from _certificate(root["certificate_analysis"])
    yield from _by_rule(root["code_analysis"], "Code")
    binary = root["binary_analysis"]
    yield from _binaries(binary) if binary.is_list() else _by_rule(binary, "Binary")
    for name in ("macho_analysis", "dylib_analysis", "framework_analysis"):
        part = root[name]
        yield from _binaries(part) if part.is_list() else _flaws(part)
    yield from _databases(root["firebase_urls"])


def _listed(section: Node, inner: str, area: str) -> Iterator[Found]:
    rows = section.items() if section.is_list() else section[inner].items() if section else []
    for node in rows:
        words = _plain(node["title"].text(400) or node["issue"].text(300) or node["rule"].text(200))
        detail = _plain(node["description"].text(4000) or node["desc"].text(4000))
        scope = ", ".join(node["scope"].texts(100))
        level = node["severity"].text(20) or node["stat"].text(20) or node["status"].text(20)
        title = words or detail or area
        yield _one("configuration", title, detail, level, area, node, (words, detail[:300], scope), scope)


def _certificate(section: Node) -> Iterator[Found]:
    for node in section["certificate_findings"].items() if section else []:
        parts = [one.text(2000) for one in node.items()] if node.is_list() else [node.text(2000)]
        level, detail, title = (*parts, "", "", "")[:3]
        yield _one("configuration", title or detail, detail, level, "Certificate", node, (title or detail,))


def _by_rule(section: Node, area: str) -> Iterator[Found]:
    """Rules by their name, as old reports write them, or under `findings`."""
    if not section or section.is_list():
        return
    rules = section["findings"] if section.has("findings") else section
    for name, node in rules.fields():
        if not node.is_object():
            continue
        about = node["metadata"] if node["metadata"] else node
        detail = _plain(about["description"].text(4000) or about["detailed_desc"].text(4000))
        title = name if " " in name else detail.partition(". ")[0]
        files = [path[:200] for path, _ in node["files"].fields()] if node["files"].is_object() else []
        yield _one(
            "code" if area == "Code" else "configuration",
            title or name,
            detail + _where(files),
            about["severity"].text(20),
            files[0] if len(files) == 1 else f"{len(files)} files" if files else area,
            about,
            (area, name),
        )


def _where(files: list[str]) -> str:
    more = f"\n… and {len(files) - FILES} more" if len(files) > FILES else ""
    return "\n\nIn:\n" + "\n".join(files[:FILES]) + more if files else ""


def _binaries(section: Node) -> Iterator[Found]:
    for node in section.items():
        yield from _flaws(node)


def _flaws(node: Node) -> Iterator[Found]:
    """What one library lacks: each protection with its own verdict."""
    if not node.is_object():
        return
    name = _text(node["name"], 200) or "The app"
    for key in FLAWS:
        flaw = node[key]
        if flaw.is_object() and flaw["severity"].text(20) != "info":
            detail = _plain(flaw["description"].text(2000))
            title = f"{name.rpartition('/')[2]}: {key.replace('_', ' ')}"
            yield _one("configuration", title, detail, flaw["severity"].text(20), name, flaw, (name, key))


def _databases(urls: Node) -> Iterator[Found]:
    for node in urls.items():
        if node.is_object() and node["open"].value is True:
            url = node["url"].text(300)
            yield _one("configuration", "A Firebase database anybody can read", url, "high", url, node, ("open", url))


def _card(root: Node) -> Iterator[Found]:
    for level in CARD:
        for node in root[level].items():
            title, detail = _plain(node["title"].text(400)), _plain(node["description"].text(4000))
            area = node["section"].text(60).capitalize()
            yield _one("configuration", title or detail, detail, level, area, node, (area, title, detail[:300]))


def _one(
    kind: str,
    title: str,
    detail: str,
    level: str,
    location: str,
    about: Node,
    marks: tuple[str, ...],
    scope: str = "",
) -> Found:
    said = "" if level.strip().lower() in {"secure", "good"} else severity(level) or "low"
    tags = _tags(about) if about.is_object() else ()
    detail = f"{detail}\n\nScope: {scope}" if scope else detail
    place = scope or location
    return Found(
        kind=kind,
        title=title[:200],
        marks=marks,
        detail=detail[:8000],
        severity=said,
        location=place[:300],
        tags=tags,
        place=about.path,
    )


def _tags(about: Node) -> tuple[str, ...]:
    words = " ".join(_text(about[name], 200) for name in ("cwe", "owasp-mobile", "masvs"))
    found = [f"CWE-{one}" for one in WEAKNESS.findall(words)] + [f"M{one}" for one in TOP_TEN.findall(words)]
    return tuple(dict.fromkeys([*found, *MASVS.findall(words)]))


def _plain(text: str) -> str:
    return " ".join(MARKUP.sub(" ", text).split(" ")).replace("  ", " ").strip()
