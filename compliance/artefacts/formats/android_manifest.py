"""The manifest of an Android app: as text (merged by the build), as in an APK, as in a bundle."""

from collections.abc import Callable, Iterable, Iterator

from compliance.artefacts.formats import android_binary, android_protobuf, xml_file
from compliance.artefacts.formats.element import Element
from compliance.artefacts.formats.observation import MAX_OBSERVATIONS, Observation, Observed, given, link_kind, once

KEY = "android_manifest"
FILE = "AndroidManifest.xml"
COMPONENTS = ("activity", "activity-alias", "service", "receiver", "provider")
# Attribute of <application>: flag as it is observed.
FLAGS = {
    "debuggable": "debuggable",
    "testOnly": "test_only",
    "allowBackup": "allow_backup",
    "fullBackupContent": "backup_content",
    "dataExtractionRules": "extraction_rules",
    "usesCleartextTraffic": "cleartext",
    "networkSecurityConfig": "network_security_config",
    "requestLegacyExternalStorage": "legacy_storage",
}
OS = {"minSdkVersion": "min", "targetSdkVersion": "target", "maxSdkVersion": "max"}
SOURCE = "It names no version of Android: this is the manifest of the source, not the merged one."
NEVER_FORTH = 0x00010000
BROWSABLE = "android.intent.category.BROWSABLE"


def tree(data: bytes, file: str = FILE) -> Element:
    """The document in whichever of the three forms it has. Raises Unreadable."""
    if android_binary.is_this(data):
        return android_binary.parse(data, file)
    if android_protobuf.is_this(data):
        return android_protobuf.parse(data, file)
    return xml_file.parse(data, file)


def is_this(root: Element) -> bool:
    return root.name == "manifest"


def read(root: Element, resolve: Callable[[str], str] = str) -> Observed:
    """The facts of a manifest; `resolve` turns a reference (@0x7f010001) into its value. Raises Unreadable."""
    if not is_this(root):
        root.refuse("a manifest of Android begins with <manifest>")
    facts: list[Observation] = []
    for one in _facts(root, resolve):
        facts.append(one)
        if len(facts) > MAX_OBSERVATIONS:
            root.refuse(f"it says more than {MAX_OBSERVATIONS:,} things")
    return Observed(
        format=KEY,
        platform="android",
        subject=root.attributes.get("package", ""),
        version=resolve(root.get("versionName")),
        observations=once(facts),
        remarks=_remarks(root, facts),
    )


def _facts(root: Element, resolve: Callable[[str], str]) -> Iterator[Observation]:
    for key, value in (
        ("package", root.attributes.get("package", "")),
        ("version", root.get("versionName")),
        ("build", root.get("versionCode")),
    ):
        if value:
            yield Observation("app", key, resolve(value), root.where)
    for one in root.children:
        if not _is_removed(one):
            yield from _child(one, root.attributes.get("package", ""), resolve)


def _is_removed(one: Element) -> bool:
    """Whether the source of a manifest takes out what a library would put in."""
    return one.attributes.get("tools:node", "").startswith("remove")


def _child(one: Element, package: str, resolve: Callable[[str], str]) -> Iterable[Observation]:
    if one.name == "uses-sdk":
        return _system(one, resolve)
    if one.name in {"uses-permission", "uses-permission-sdk-23"}:
        return [_permission(one)]
    if one.name == "permission":
        return [Observation("permission_defined", one.get("name"), _protection(one), one.where)]
    if one.name == "queries":
        return _queries(one)
    return _application(one, package, resolve) if one.name == "application" else _kept(one)


def _kept(one: Element) -> list[Observation]:
    """What nobody here reads, as it is written."""
    return [Observation("other", one.name, _written(one), one.where)] if one.name else []


def _system(one: Element, resolve: Callable[[str], str]) -> Iterator[Observation]:
    for attribute, key in OS.items():
        if value := one.get(attribute):
            yield Observation("os", key, resolve(value), one.where)


def _permission(one: Element) -> Observation:
    name = one.plain("name")
    if not name:
        return Observation("other", one.name, "", one.where, more={"nameless": "true"})
    flags = one.get("usesPermissionFlags")
    more = given(
        max_sdk=one.get("maxSdkVersion"),
        from_sdk_23="true" if one.name == "uses-permission-sdk-23" else "",
        never_for_location="true" if _never_for_location(flags) else "",
    )
    return Observation("permission", name, "", one.where, more=more)


def _never_for_location(flags: str) -> bool:
    """Whether a permission says it is not used to learn where people are."""
    if flags.startswith("0x") or flags.isdecimal():
        try:
            return bool(int(flags, 0) & NEVER_FORTH)
        except ValueError:
            return False
    return "neverForLocation" in flags


LEVELS = {0: "normal", 1: "dangerous", 2: "signature", 3: "signature|privileged", 4: "internal"}


def _protection(one: Element) -> str:
    level = one.get("protectionLevel")
    try:
        return LEVELS.get(int(level, 0) & 0xF, level)
    except ValueError:
        return level or "normal"


def _queries(queries: Element) -> Iterator[Observation]:
    for one in queries.children:
        if one.name == "package":
            yield Observation("query", one.get("name"), "package", one.where)
        elif one.name == "provider":
            yield Observation("query", one.get("authorities"), "provider", one.where)
        elif one.name == "intent":
            words = [part.get("name") for part in one.all("action")]
            words += [part.get("scheme") for part in one.all("data") if part.get("scheme")]
            yield Observation("query", " ".join(words), "intent", one.where)


def _application(one: Element, package: str, resolve: Callable[[str], str]) -> Iterator[Observation]:
    named = {attribute: ("flag", key) for attribute, key in FLAGS.items()}
    named |= {"name": ("app", "application_name"), "label": ("app", "application_label")}
    for attribute, (kind, key) in named.items():
        if value := one.get(attribute):
            yield Observation(kind, key, resolve(value), one.where)
    for part in (part for part in one.children if not _is_removed(part)):
        if part.name in COMPONENTS:
            yield from _component(part, package, resolve)
        elif part.name in {"meta-data", "property"}:
            yield from _meta(part, "", resolve)
        else:
            yield from _kept(part)


def _component(part: Element, package: str, resolve: Callable[[str], str]) -> Iterator[Observation]:
    name = part.get("name") or part.plain("name")
    name = package + name if name.startswith(".") else name
    filters = list(part.all("intent-filter"))
    more = given(
        exported=resolve(part.get("exported")),
        permission=part.get("permission") or part.get("readPermission") or part.get("writePermission"),
        filtered="true" if filters else "",
        authorities=resolve(part.get("authorities")),
        grants_uri=resolve(part.get("grantUriPermissions")),
        foreground=part.get("foregroundServiceType"),
        launcher="true" if any(_starts(one) for one in filters) else "",
        actions=" ".join(dict.fromkeys(act.get("name") for one in filters for act in one.all("action")))[:500],
    )
    yield Observation("component", name, part.name, part.where, more=more)
    for one in filters:
        yield from _links(one, name)
    for one in part.all("meta-data", "property"):
        yield from _meta(one, name, resolve)


def _starts(one: Element) -> bool:
    return any(act.get("name") == "android.intent.action.MAIN" for act in one.all("action"))


def _links(one: Element, component: str) -> Iterator[Observation]:
    """Schemes and hosts of a filter that web pages and other apps may open; Android takes every pair of them."""
    if BROWSABLE not in {category.get("name") for category in one.all("category")}:
        return
    data = list(one.all("data"))
    schemes = list(dict.fromkeys(part.get("scheme") for part in data if part.get("scheme")))[:50]
    hosts = list(dict.fromkeys(part.get("host") for part in data if part.get("host")))[:1000]
    verified = one.get("autoVerify")
    for scheme in schemes:
        kind = link_kind(scheme, verified == "true")
        for host in hosts or [""]:
            key = f"{scheme}://{host}" if host else scheme
            yield Observation("link", key, kind, one.where, more=given(component=component, verified=verified))


def _meta(part: Element, component: str, resolve: Callable[[str], str]) -> Iterator[Observation]:
    name, value = part.get("name"), part.get("value") or part.get("resource")
    if name:
        yield Observation("meta", name, resolve(value), part.where, more=given(component=component))


def _written(one: Element) -> str:
    return " ".join(f"{name.removeprefix('android:')}={value}" for name, value in one.attributes.items())[:500]


def _remarks(root: Element, facts: list[Observation]) -> tuple[str, ...]:
    remarks = []
    open_ones = sum(1 for one in facts if one.kind != "meta" and one.value.startswith(("@", "?")))
    if open_ones:
        remarks.append(f"{open_ones:,} values are references to resources and stay as they are written.")
    if not any(one.kind == "os" for one in facts):
        remarks.append(SOURCE)
    nameless = [one.where for one in facts if one.said("nameless")]
    if nameless:
        remarks.append(f"A permission without a name is not read ({nameless[0]}).")
    if any("${" in value for one in facts for value in (one.key, one.value)):
        remarks.append("It has placeholders of the build (${…}): send the merged manifest.")
    return tuple(remarks)
