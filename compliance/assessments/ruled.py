"""The rules as an organisation has them, and what a change of one would do to its assessments."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from compliance.assessments.models import Assessment, Proposal, ProposalState, RuleChange, State
from compliance.assessments.questionnaire import Questionnaire, Rule
from compliance.assessments.rules import Outcome, outcomes
from compliance.projects.models import Organisation

Key = tuple[str, str]


def changes_in_force(organisation: Organisation, edition: str) -> list[RuleChange]:
    return list(RuleChange.objects.in_organisation(organisation).in_force().filter(edition=edition).order_by("rule"))


def with_changes(asked: Questionnaire, changes: Iterable[RuleChange]) -> Questionnaire:
    """An edition with an organisation's changes over its rules."""
    by_rule = {one.rule: one for one in changes}
    if not by_rule:
        return asked
    kept = [_changed(rule, by_rule.get(rule.id)) for rule in asked.rules]
    own = [_own(one) for one in by_rule.values() if one.is_own and not one.off and one.says]
    return replace(asked, rules=tuple(rule for rule in [*kept, *own] if rule is not None))


def _changed(rule: Rule, change: RuleChange | None) -> Rule | None:
    if change is None or not (change.off or change.says):
        return rule
    says = change.says
    if change.off:
        return None
    then = tuple(says.get("then", rule.then))
    return replace(rule, explain=says.get("explain", rule.explain), then=then, when=says.get("when", rule.when))


def _own(change: RuleChange) -> Rule:
    says = change.says
    return Rule(change.rule, says["question"], says["when"], says["explain"], tuple(says["then"]))


@dataclass
class Effect:
    """What a change would do to one assessment; what is decided stays as it was decided."""

    assessment: Assessment
    added: list[Outcome] = field(default_factory=list)
    removed: list[Outcome] = field(default_factory=list)
    reworded: list[Outcome] = field(default_factory=list)
    decided: list[Proposal] = field(default_factory=list)

    @property
    def any(self) -> bool:
        return bool(self.added or self.removed or self.reworded or self.decided)


def effects(change: RuleChange) -> list[Effect]:
    """Every open and approved assessment of the organisation, as the change would find and leave it."""
    from compliance.assessments.services.moves import now
    from compliance.assessments.services.sheet import Sheet  # it reads the rules from here

    rows = Assessment.objects.in_organisation(change.organisation).filter(edition=change.edition)
    held = rows.exclude(state__in=[State.SUPERSEDED, State.EXPIRED]).select_related("project__organisation", "release")
    present = changes_in_force(change.organisation, change.edition)
    after = [one for one in present if one.rule != change.rule] + [change]
    found = []
    for row in held.order_by("project__name", "reference"):
        asked = row.questions
        sheet = Sheet(row, now().date(), asked=asked)
        before_rows = outcomes(with_changes(asked, present), sheet.said, sheet.on)
        after_rows = outcomes(with_changes(asked, after), sheet.said, sheet.on)
        found.append(_compared(row, before_rows, after_rows))
    return found


def _compared(row: Assessment, before: list[Outcome], after: list[Outcome]) -> Effect:
    was, will = {(one.kind, one.key): one for one in before}, {(one.kind, one.key): one for one in after}
    settled = {(one.kind, one.key): one for one in _decided(row)}
    effect = Effect(row)
    for key in [*was, *(one for one in will if one not in was)]:
        if was.get(key) == will.get(key):
            continue
        if key in settled:
            effect.decided.append(settled[key])
        elif key not in was:
            effect.added.append(will[key])
        elif key not in will:
            effect.removed.append(was[key])
        else:
            effect.reworded.append(will[key])
    return effect


def _decided(row: Assessment) -> list[Proposal]:
    states = (ProposalState.ACCEPTED, ProposalState.DECLINED, ProposalState.STANDING)
    return list(Proposal.objects.in_project(row.project).filter(state__in=states))
