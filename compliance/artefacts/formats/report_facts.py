"""What component lists and scan reports say about the app itself, as facts beside their findings."""

from collections.abc import Iterator

from compliance.artefacts import formats
from compliance.artefacts.formats.json_file import Node
from compliance.artefacts.formats.observation import Observation, Observed, given, once
from compliance.artefacts.formats.report import Report

HASHES = ("sha256", "sha1", "md5")


def observed(root: Node) -> Observed:
    """The facts of a JSON report of any format `formats.read` knows. Raises Unreadable."""
    key = formats.format_of(root)
    report = formats.READERS[key][2](root)
    facts = [*_components(report)]
    platform = ""
    if key == "mobsf":
        platform = _platform(root)
        facts += _mobsf(root, platform)
    return Observed(
        format=key,
        platform="android" if platform == "android" else "ios" if platform == "ios" else "",
        subject=report.subject,
        version=report.version,
        observations=once(facts),
        remarks=report.remarks,
        tool=report.tool,
    )


def _components(report: Report) -> Iterator[Observation]:
    for one in report.components:
        more = given(
            name=one.name, purl=one.purl, licence=one.licence, supplier=one.supplier, type=one.type, listed="true"
        )
        yield Observation("sdk", one.key, one.version, report.format, more=more)


def _platform(root: Node) -> str:
    return "ios" if root["bundle_id"].value else "android" if root["package_name"].value else ""


NAMED = {
    **{name: ("file", name) for name in HASHES},
    "package_name": ("app", "package"),
    "bundle_id": ("app", "package"),
    "version_name": ("app", "version"),
    "app_version": ("app", "version"),
    "min_sdk": ("os", "min"),
    "min_os_version": ("os", "min"),
    "target_sdk": ("os", "target"),
}


def _mobsf(root: Node, platform: str) -> Iterator[Observation]:
    for name, (kind, key) in NAMED.items():
        if value := _plain(root[name]):
            yield Observation(kind, key, value, name)
    yield from _permissions(root["permissions"], platform)
    yield from _trackers(root["trackers"])
    yield from _domains(root["domains"])


def _trackers(node: Node) -> Iterator[Observation]:
    for one in node["trackers"].items() if node.is_object() else ():
        categories = _plain(one["categories"]) or ", ".join(_texts(one["categories"]))
        if name := _plain(one["name"]):
            yield Observation("tracker", name, categories, one.path)


def _permissions(node: Node, platform: str) -> Iterator[Observation]:
    kind = "usage_string" if platform == "ios" else "permission"
    if node.is_object():
        for name, one in node.fields():
            said = _plain(one["description"]) if one.is_object() else ""
            status = _plain(one["status"]) if one.is_object() else ""
            value = said if kind == "usage_string" else ""
            yield Observation(kind, name[:200], value[:300], one.path, more=given(status=status))


def _domains(node: Node) -> Iterator[Observation]:
    """Hosts found in the program; that one stands there does not say that the app talks to it."""
    if not node.is_object():
        return
    for host, one in node.fields():
        place = one["geolocation"] if one.is_object() else Node(None, "")
        country = _plain(place["country_short"]) if place.is_object() else ""
        yield Observation("domain", host.lower()[:253], country, f"domains.{host[:120]}", more=given(scope="string"))


def _plain(node: Node) -> str:
    return node.text(300) if isinstance(node.value, str | int | float) and not isinstance(node.value, bool) else ""


def _texts(node: Node) -> list[str]:
    return [_plain(one) for one in node.items()] if node.is_list() else []
