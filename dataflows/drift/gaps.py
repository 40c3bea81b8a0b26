"""What nobody can say about a build for lack of a file or of a record, and which one would tell."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from compliance.artefacts.formats.app_files import LABELS
from dataflows.drift.build import Build
from dataflows.drift.known import needs
from dataflows.drift.papers import Papers


@dataclass(frozen=True)
class Gap:
    """A rule that could not be judged on a platform: the files any of which would tell, and the records it lacks."""

    rule: str
    platform: str
    formats: tuple[str, ...] = ()
    records: tuple[str, ...] = ()

    @property
    def files(self) -> list[str]:
        """Names of the files for people; any of them would tell."""
        return [LABELS[one] for one in self.formats if one in LABELS]


def gaps(build: Build, papers: Papers, rules: Iterable[str]) -> list[Gap]:
    """The rules of these that say nothing about this build."""
    return [gap for rule in rules if (gap := gap_of(rule, build, papers))]


def gap_of(rule: str, build: Build, papers: Papers) -> Gap | None:
    """Why a rule is silent, if it is for lack of something; a rule the platform does not know is never missing."""
    asked = needs()[rule]
    formats = tuple(asked.get(build.platform, ()))
    missing = formats if formats and not build.formats & set(formats) else ()
    records = tuple(_lacking(asked.get("records", ()), build, papers))
    return Gap(rule, build.platform, missing, records) if missing or records else None


def _lacking(names: Iterable[str], build: Build, papers: Papers) -> Iterator[str]:
    present: Mapping[str, object] = {
        "flows": papers.flows,
        "labels": papers.labels,
        "answers": papers.answers,
        "interfaces": papers.interfaces is not None,
        "minimum": papers.policy.min_android or papers.policy.min_ios,
        "released": build.released,
        "reports": papers.reports,
        "retention": papers.retention,
        "reviews": any(one.reviewed_sub_processors is not None for one in papers.parties),
        "notices": papers.notices,
    }
    yield from (WORDS[name] for name in names if not present[name])


WORDS = {
    "flows": "an approved data flow of the app",
    "labels": "its store label, handed in or published here",
    "answers": "an approved assessment of the app",
    "interfaces": "an approved threat model that names the links and entries of the app",
    "minimum": "the oldest supported version, on the store listing",
    "released": "the files of the release before",
    "reports": "a test report that names the build it is about",
    "retention": "a disposal run that says how old the oldest data is",
    "reviews": "a review of a party with its list of sub-processors",
    "notices": "a published privacy notice",
}
