"""The builds of the demonstration beside its flows and parties: the release before is silent, 4.2.0 is stuck."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from compliance.artefacts.formats.app_files import observe
from compliance.artefacts.formats.observation import Observed
from dataflows.drift import Build, Papers, check
from dataflows.drift.imported import labels_of
from dataflows.drift.known import Sdk
from dataflows.drift.papers import Flow, Party
from risks.demo.builds import by_hand, from_pipeline
from risks.demo.stage import script

pytestmark = pytest.mark.once
FLOWS, TOLD = script("flows"), script("told")
PARTIES = {one["key"]: one for one in script("parties")}
BY_ITSELF = {"P05"}
PLATFORMS = ("android", "ios")


def categories(names: list[str]) -> frozenset[str]:
    items = FLOWS["items"]
    return frozenset(items[one]["category"] if isinstance(items[one], dict) else items[one] for one in names)


def approved() -> Iterator[Flow]:
    """Every flow of Stridewell but the one nobody approved."""
    nodes = {one["key"]: one for one in FLOWS["nodes"]["S"]}
    for one in FLOWS["flows"]:
        if one["project"] != "S" or one["key"] == "DF-009":
            continue
        kinds = [nodes[stop]["kind"] if stop in nodes else "party" for stop in one["path"]]
        yield Flow(
            one["key"],
            categories(one["items"]),
            on_device_only=one.get("on_device_only", False),
            leaves_device=any(kind not in {"person", "device", "app"} for kind in kinds),
            through_app=kinds[0] in {"person", "device", "app"} and "app" in kinds,
            consent="consent" in TOLD["flows"].get(one["key"], {}),
            channel=one.get("channel", ""),
            parties=tuple(stop for stop in one["path"] if stop in PARTIES),
        )


def parties() -> Iterator[Party]:
    for key, one in PARTIES.items():
        state = "requested" if key in BY_ITSELF else "active"
        told = {"sdks": tuple(one.get("sdks", ())), "domains": tuple(one.get("hosts", ()))}
        yield Party(key, one["name"], one["role"], state, one["country"], **told)


def sdks() -> tuple[Sdk, ...]:
    """What the organisation knows of SDKs by its parties."""
    known = [(key, tuple(one["sdks"])) for key, one in PARTIES.items() if one.get("sdks")]
    return tuple(
        Sdk(key, names[-1], PARTIES[key]["name"], "", "", ("device_id",), names, names, names) for key, names in known
    )


def observed(files: dict[str, bytes]) -> list[Observed]:
    return [observe(data) for data in files.values()]


def marks(version: str) -> list[str]:
    """What the rules find in a version's files on both platforms."""
    files: Any = observed(from_pipeline(version) | (by_hand() if version == "4.2.0" else {}))
    found: set[str] = set()
    for platform in PLATFORMS:
        build = Build(tuple(one for one in files if one.platform in ("", platform)), platform, change_class="major")
        store = {"android": "play", "ios": "apple"}[platform]
        labels = tuple(one for one in labels_of(files) if one.store == store)
        papers = Papers(
            date(2026, 11, 23),
            tuple(approved()),
            tuple(parties()),
            labels,
            transfers=frozenset({"US", "GB", "PH"}),
            free_countries=frozenset({"DE", "FR", "FI", "LU", "NL", "PL"}),
            own_sdks=sdks(),
        )
        found |= {one.mark for one in check(build, papers).open}
    return sorted(found)


def test_the_release_before_is_silent() -> None:
    assert marks("4.1.2") == []


def test_the_stuck_release_shows_what_nobody_approved() -> None:
    assert marks("4.2.0") == [
        "DR01:advertising ID",
        "DR03:P05",
        "DR04:P05",
        "DR07:P05:PSL_DEVICE_ID",
        "DR08:manifest:DeviceID",
        "DR09:tracking",
        "DR10:tracking_domains",
    ]
