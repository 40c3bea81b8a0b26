"""The builds of a release as drift reads them: what its artefacts say on each platform, and what went before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from compliance.artefacts.models import Artefact
from compliance.artefacts.reading import artefacts_of, build_of, platforms_of, release_before
from compliance.projects.models import AppTarget, Release
from dataflows.drift import Build
from dataflows.drift.papers import BuildReport

PACKAGES = frozenset({"apk", "aab", "ipa"})
REPORTS = frozenset({"sarif", "mobsf", "osv"})


@dataclass(frozen=True)
class Seen:
    """A build on one platform, and the reports that say which build they are about."""

    build: Build
    reports: tuple[BuildReport, ...] = ()


def builds_of(release: Release, at: datetime | None = None) -> dict[str, Seen]:
    """What is in hand of a release, by platform; nothing when nothing is. Raises FileDamaged."""
    rows = artefacts_of(release, at)
    alone = len(_platforms(release)) < 2
    platforms = platforms_of(rows) or (("",) if rows else ())
    return {platform: _seen(release, platform, rows, at, alone) for platform in platforms}


def whole_build(release: Release) -> Build:
    """All artefacts of a release together, whatever their platform."""
    return Build(build_of(release))


def _platforms(release: Release) -> set[str]:
    targets = AppTarget.objects.filter(project=release.project_id, platform__in=("android", "ios"))
    return set(targets.values_list("platform", flat=True))


def _seen(release: Release, platform: str, rows: Sequence[Artefact], at: datetime | None, alone: bool) -> Seen:
    mine = [row for row in rows if row.platform in ("", platform)]
    before = release_before(release, platform, at)
    packages = [row.blob_id for row in mine if row.kind in PACKAGES]
    ours = {*packages, *([release.build_sha256] if release.build_sha256 else [])}
    build = Build(
        build_of(release, platform, at, among=mine),
        platform,
        released=Build(build_of(before, platform, at), platform) if before else None,
        change_class=release.change_class,
        build_hash=packages[0] if packages else release.build_sha256,
    )
    # One release may have a build for each platform: without the file itself its hash may be that of the other one.
    return Seen(build, tuple(_reports(mine, ours)) if packages or alone else ())


def _reports(rows: Iterable[Artefact], ours: set[str]) -> list[BuildReport]:
    """Reports of another build than ours, and those of ours under the hash the rule compares."""
    found = [row for row in rows if row.kind in REPORTS and row.build_hash]
    return [BuildReport(row.reference, row.called, row.build_hash) for row in found if row.build_hash not in ours]
