"""The assessments of both apps: answered, reviewed, approved, partly decided; one opened again for a release."""

from typing import Any

from compliance.assessments.models import Assessment
from compliance.assessments.questionnaire import questionnaire
from compliance.assessments.services import (
    accept_proposals,
    approve_assessment,
    begin_review,
    decline_proposals,
    finish_review,
    save_answer,
    start_assessment,
    submit_assessment,
)
from compliance.assessments.services.answer import Given
from risks.demo.stage import Stage, script

SCRIPT: dict[str, Any] = script("assessments")["projects"]
STEP = 2  # days between submitting, review and approval


def set_scenes(stage: Stage) -> None:
    """Every assessment goes its way; what follows stands by then, or is decided, or waits."""
    for letter, facts in SCRIPT.items():
        stage.on(facts["begun"], lambda letter=letter, facts=facts: _answer(stage, letter, facts), 9, 30)
        stage.on(facts["begun"] + STEP, lambda letter=letter: _review(stage, letter), 14)
        stage.on(facts["begun"] + 2 * STEP, lambda letter=letter: _approve(stage, letter), 16)
        stage.on(facts["decided"], lambda letter=letter, facts=facts: _decide(stage, letter, facts), 11)
        if "later" in facts:
            later = {**facts["later"], "owner": facts["owner"]}
            stage.on(later["begun"], lambda letter=letter, facts=later: _answer(stage, letter, facts), 10)


def values_of(answers: dict[str, Any], day: Any) -> dict[str, dict[str, Any]]:
    """The answers of the script as they are kept; `day(number)` gives the date of a day."""
    return {key: {part: _dated(said, day) for part, said in value.items()} for key, value in answers.items()}


def _dated(said: Any, day: Any) -> Any:
    if not isinstance(said, list) or not said or not isinstance(said[0], dict):
        return said
    return [_day_of(row, day) if "day" in row else row for row in said]


def _day_of(row: dict[str, Any], day: Any) -> dict[str, Any]:
    named = "aoc_valid_to" if "party" in row else "date"
    return {**{key: cell for key, cell in row.items() if key != "day"}, named: day(row["day"]).isoformat()}


def _answer(stage: Stage, letter: str, facts: dict[str, Any]) -> None:
    by, asked = stage.person(facts["owner"]), questionnaire()
    row = start_assessment(
        project=stage.project(letter),
        release=stage.get(facts["release"]),
        changes=tuple(facts.get("changes", ())),
        by=by,
        reason=f"For release {facts['release']}",
    )
    for key, value in values_of(facts["answers"], stage.date).items():
        save_answer(assessment=row, question=asked.questions[key], given=Given(value, confirm=True), by=by)
    if "changes" not in facts:
        submit_assessment(assessment=row, by=by)
        stage.keep(f"AS {letter}", row)


def _review(stage: Stage, letter: str) -> None:
    row: Assessment = stage.get(f"AS {letter}")
    finish_review(
        assessment=begin_review(assessment=row, by=stage.person("Rehm")),
        by=stage.person("Rehm"),
        reason="Compared with the records of processing and the build; nothing contradicts them",
    )


def _approve(stage: Stage, letter: str) -> None:
    approve_assessment(
        assessment=stage.get(f"AS {letter}"), by=stage.person("Ilves"), reason="Complete; the review found no gap"
    )


def _decide(stage: Stage, letter: str, facts: dict[str, Any]) -> None:
    row: Assessment = stage.get(f"AS {letter}")
    for one in facts["decide"]:
        verdict = "accept" if "accept" in one else "decline"
        asked = set(one[verdict])
        waiting = row.proposals.waiting().select_related("project__organisation")
        chosen = [found for found in waiting if found.kind in asked or found.key in asked]
        act = accept_proposals if verdict == "accept" else decline_proposals
        act(proposals=chosen, by=stage.person("Ilves"), reason=one["why"])
