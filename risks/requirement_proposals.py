"""What the answers about an app and its threat model propose that it has to do. Nothing is written here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from compliance.assessments.models import Assessment
from compliance.assessments.questionnaire import Questionnaire
from compliance.assessments.rules import holds, relevant
from compliance.assessments.values import Said, told
from compliance.projects.models import Project
from risks.models.requirement import SecurityRequirement
from risks.models.threat_model import Threat, ThreatModelState, ThreatStatus
from risks.scales import data_file

GENERAL = "Because every app for the stores has to."
PRIORITIES = {"critical": "must", "high": "must", "medium": "should", "low": "could"}
MOST = 160
NAMED = ("statement", "criterion", "priority", "source", "cites", "masvs")


@dataclass(frozen=True)
class Proposed:
    """Something an app should have to do, with what says so. `key` tells it apart from others."""

    key: str
    statement: str
    criterion: str
    priority: str
    source: str
    cites: str
    masvs: str
    because: str
    threat: Threat | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """What a requirement made of it is given."""
        template = "" if self.threat else self.key
        return {**{name: getattr(self, name) for name in (*NAMED, "because", "threat")}, "template": template}


def rules() -> dict[str, Any]:
    """The lines requirements are proposed by."""
    found: dict[str, Any] = data_file("security-requirements.yaml")
    return found


def from_answers(asked: Questionnaire | None, answers: dict[str, Said], on: date) -> list[Proposed]:
    """What the answers ask for, and what every app has to do."""
    counted = relevant(asked, answers, on) if asked else {}
    found = []
    for line in rules()["answers"]:
        when = line.get("when")
        if when and not (asked and holds(when, asked, counted, on)):
            continue
        because = _because(when, asked, counted) if when and asked else GENERAL
        given = {
            name: line.get(name, "") for name in ("statement", "criterion", "priority", "source", "cites", "masvs")
        }
        found.append(Proposed(line["id"], because=because, **given))
    return found


def _because(when: dict[str, Any], asked: Questionnaire, answers: dict[str, Said]) -> str:
    question = asked.questions[str(when["q"]).partition(".")[0]]
    words = told(question, answers[question.id].value)
    return f"Because {question.id} = {words if len(words) <= MOST else words[: MOST - 1].rstrip() + '…'}."


def from_threats(threats: Iterable[Threat]) -> Iterator[Proposed]:
    """What stands against each threat, as something to build and to test."""
    for threat in threats:
        if threat.status == ThreatStatus.NOT_APPLICABLE:
            continue
        known = rules()["threats"].get(threat.library, {})
        said = " ".join(threat.mitigation.split())
        statement = said or known.get("statement") or f"The app withstands this: {threat.title}"
        masvs = threat.masvs.partition(",")[0].strip()
        yield Proposed(
            threat.key,
            statement=statement[:300],
            criterion=threat.test or known.get("criterion", ""),
            priority=PRIORITIES[threat.level],
            source=SecurityRequirement.Source.THREAT,
            cites=f"{threat.reference} {threat.title}"[:160],
            masvs=masvs[:60],
            because=f"Because {threat.reference} threatens {threat.element.name}: {threat.title}.",
            threat=threat,
        )


def current_threats(project: Project) -> list[Threat]:
    """The threats of the approved models of a project. One query."""
    rows = Threat.objects.in_project(project).filter(threat_model__state=ThreatModelState.APPROVED)
    return list(rows.select_related("element", "threat_model", "project").order_by("reference"))


def approved_assessment(project: Project) -> Assessment | None:
    """The assessment whose answers count."""
    return Assessment.objects.in_project(project).approved().order_by("-reference").first()


def proposals(project: Project, on: date) -> list[Proposed]:
    """What answers and threats ask for and no requirement of the project says yet. A dropped one was said no to."""
    assessment = approved_assessment(project)
    answers = {row.question: row.as_said() for row in assessment.answers.all()} if assessment else {}
    asked = assessment.questions if assessment else None
    rows = SecurityRequirement.objects.in_project(project).values_list("template", "threat__key")
    known = {key for pair in rows for key in pair if key}
    found = [*from_answers(asked, answers, on), *from_threats(current_threats(project))]
    return [one for one in found if one.key not in known]
