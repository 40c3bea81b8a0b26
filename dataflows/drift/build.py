"""A build as it was observed: facts of all its artefacts on one platform, with what they can and cannot tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from compliance.artefacts.formats.observation import Observation, Observed

ASKS_ANDROID = frozenset({"android_manifest", "apk", "aab"})
ASKS_IOS = frozenset({"info_plist", "ipa"})
COMPONENT_LISTS = frozenset({"cyclonedx", "spdx"})
DEBUG_MARKS = (".debug", ".dev", "-debug", "-SNAPSHOT")


@dataclass(frozen=True)
class Build:
    """All artefacts of one build; `released` is what went before it, None when nothing did or nobody kept it."""

    artefacts: tuple[Observed, ...]
    platform: str = ""
    released: "Build | None" = None
    change_class: str = ""
    build_hash: str = ""
    lockfile_hash: str = ""

    @cached_property
    def facts(self) -> tuple[Observation, ...]:
        """Facts to judge; those of debug builds are left out, see `debug_builds`."""
        return tuple(fact for one in self.artefacts if one not in self.debug_builds for fact in one.observations)

    @cached_property
    def debug_builds(self) -> tuple[Observed, ...]:
        """Artefacts that say themselves they are built for debugging, and so tell nothing about the release."""
        return tuple(one for one in self.artefacts if is_debug_build(one))

    @property
    def formats(self) -> frozenset[str]:
        return frozenset(one.format for one in self.artefacts)

    @property
    def knows_permissions(self) -> bool:
        """Whether an artefact is there that would name every permission."""
        return bool(self.formats & (ASKS_ANDROID | ASKS_IOS))

    @property
    def is_whole_ios(self) -> bool:
        """Whether privacy manifests of all parts are in hand."""
        return "ipa" in self.formats

    @property
    def has_component_list(self) -> bool:
        listed = any(fact.kind == "sdk" and fact.said("listed") for fact in self.facts)
        return bool(self.formats & COMPONENT_LISTS) or listed

    @cached_property
    def _by_kind(self) -> dict[str, list[Observation]]:
        found: dict[str, list[Observation]] = {}
        for one in self.facts:
            found.setdefault(one.kind, []).append(one)
        return found

    @cached_property
    def _values(self) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for one in self.facts:
            if not one.by:
                found.setdefault((one.kind, one.key), one.value)
        return found

    def of(self, *kinds: str) -> list[Observation]:
        return [one for kind in kinds for one in self._by_kind.get(kind, ())]

    def value(self, kind: str, key: str) -> str:
        """The app's own value, of the first artefact that has it."""
        return self._values.get((kind, key), "")

    def number(self, kind: str, key: str) -> int | None:
        value = self.value(kind, key)
        return int(value) if value.isdecimal() and len(value) < 6 else None

    @cached_property
    def defined(self) -> frozenset[str]:
        """Permissions the app defines itself."""
        return frozenset(one.key for one in self.of("permission_defined"))

    def keys(self, *kinds: str) -> set[str]:
        return {one.key for one in self.of(*kinds)}


def is_debug_build(one: Observed) -> bool:
    """Whether a manifest or app is debuggable and called or signed so: somebody sent the wrong file."""
    if one.value("flag", "debuggable") != "true":
        return False
    called = one.subject.endswith(DEBUG_MARKS) or one.version.endswith(DEBUG_MARKS)
    signed = any(fact.said("debug") for fact in one.of("signature"))
    return called or signed or one.value("flag", "test_only") == "true"


def by_key(observations: Iterable[Observation]) -> dict[str, list[Observation]]:
    found: dict[str, list[Observation]] = {}
    for one in observations:
        found.setdefault(one.key, []).append(one)
    return found
