"""Twelve risks: found, scored, treated, accepted; some of it late, some of it outdated, as in life."""

from dataclasses import dataclass, field
from typing import Any

from risks.demo.stage import Stage
from risks.services import (
    accept_risk,
    approve_method,
    assess_people,
    assess_risk,
    draft_method,
    identify_risk,
    link_control,
    move_action,
    move_risk,
    plan_action,
    request_acceptance,
    treat_risk,
)

Score = tuple[int, int, str]


@dataclass(frozen=True)
class Case:
    """One risk: sentence parts, scores as (likelihood, consequence, why), and how far its treatment has come.

    `actions` are (title, who, due on day, state); `people` is severity, likelihood, why.
    """

    key: str
    scope: str
    owner: str
    title: str
    sentence: tuple[str, str, str, str]
    source: str
    threat: str
    properties: str
    inherent: Score
    current: Score
    residual: Score | None = None
    people: Score | None = None
    option: str = "modify"
    plan: str = ""
    actions: tuple[tuple[str, str, int, str], ...] = ()
    controls: tuple[str, ...] = ()
    day: int = -240
    rescored: int = -90
    more: dict[str, Any] = field(default_factory=dict)


CASES = [
    Case("R-001", "K", "Voss", "Wallet account taken over through recovery or SMS",
         ("recovery and one-time codes rely on SMS", "a credential-stuffing ring", "take over wallet accounts", "stolen balances and a reportable breach"),
         "criminal", "T01", "CI", (5, 5, "Attempts every week; balances can be moved at once."), (3, 5, "Rate limits and device binding stop most; SMS remains."),
         (2, 4, "With passkeys and a recovery delay only single cases remain."), (3, 3, "Lost money and identity data; hard to undo for the person."),
         plan="Move to passkeys and slow recovery down.", controls=("auth", "monitoring"),
         actions=(("Passkeys for sign-in", "Wrona", -20, "verified"), ("Recovery delay of 24 hours", "Wrona", -9, "in_progress"), ("Alert on a new device", "Nair", -40, "done"), ("Retire SMS codes", "Wrona", 70, "planned"))),
    Case("R-002", "S", "Neumann", "Health data in crash reports",
         ("stack traces carry what the screen shows", "a crash of the app", "send health data to the crash service", "health data disclosed to a processor that should not have it"),
         "failure", "T07", "C", (4, 5, "Seen in testing of 4.0.0."), (2, 5, "The scrubber removes known fields."), (1, 5, "Allow-list instead of a scrubber."),
         (3, 2, "Health data leaves the circle people agreed to."), plan="Send an allow-list of fields only.", controls=("logging", "sdlc"),
         actions=(("Allow-list in the crash component", "Nair", 20, "in_progress"), ("Test that fails on new fields", "Nair", -30, "verified"))),
    Case("R-003", "S", "Haddad", "Undeclared attribution component in 4.2.0",
         ("a component was added for a campaign without review", "the attribution network", "collect advertising IDs nobody agreed to", "unlawful tracking, store removal and a complaint"),
         "supplier", "T13", "C", (4, 4, "It is in the build."), (4, 4, "Nothing stops it yet."), (1, 4, "Without the component the risk is gone."),
         (3, 3, "People are tracked across apps without knowing."), option="avoid", plan="Remove the component before 4.2.0 ships.",
         actions=(("Remove the component from the build", "Haddad", 5, "planned"),), day=-20, rescored=-18),
    Case("R-004", "K", "Voss", "Payment changed by overlay malware",
         ("the confirmation screen can be covered by another app", "malware on the phone", "change payee or amount unseen", "people pay criminals"),
         "criminal", "T16", "I", (4, 5, "Families of such malware target wallets in DE and AT."), (2, 5, "Confirmation is bound to amount and payee."), (2, 4, "Overlays are detected and the payment stops."),
         (2, 2, "Refunded as a rule, after some days."), plan="Dynamic linking, overlay detection.", controls=("auth", "hardening"),
         actions=(("Overlay detection", "Nair", 35, "in_progress"), ("Dynamic linking of payee and amount", "Wrona", -62, "verified"))),
    Case("R-005", "K", "Voss", "Outage of the cloud region stops the wallet",
         ("all services run in one region", "an outage at the provider", "stop the wallet for hours", "people cannot pay; penalty under the contract"),
         "failure", "T36", "A", (3, 5, "Two regional outages in five years in the industry."), (2, 4, "Restore in another region tested in 3 h 10 min."),
         option="retain", plan="Restore is tested; a second live region costs more than the outage.", controls=("backup",)),
    Case("R-006", "L", "Ilves", "Support staff see more than they need",
         ("support tools show whole customer records", "a curious or bribed agent", "browse customer records", "disclosure of contact and usage data"),
         "insider", "T24", "C", (4, 4, "Nothing limits the view."), (3, 2, "Roles limit the view; look-ups are logged."), (2, 3, "Masked fields, second person for exports."),
         (2, 2, "Limited data, but strangers read it."), plan="Masked views.", controls=("access", "suppliers"), day=-230, rescored=-190,
         actions=(("Masked views in the support tool", "Brandt", 45, "planned"),), more={"again": (-33, (3, 3, "An access review found two agents with full view."))}),
    Case("R-007", "K", "Nair", "Pin set expires without a backup pin",
         ("the pin set has one pin and an end date", "the end date", "lock all users out of the wallet", "the wallet stops until a new version is installed"),
         "staff_error", "T06", "A", (4, 4, "It happens on a known day."), (3, 4, "The day is watched, but the new pin comes with 2.0.0, later."), (1, 4, "Two pins, renewed every release."),
         plan="Bring the new pin set forward.", controls=("crypto",), actions=(("Decide on a hotfix with a second pin", "Wrona", 10, "planned"),), day=-70, rescored=-60),
    Case("R-008", "L", "Brandt", "Signing key or store account compromised",
         ("keys and store accounts decide what users install", "a targeted attacker", "publish a changed app", "every user runs hostile code"),
         "criminal", "T22", "CIA", (3, 5, "Known from other companies."), (1, 5, "Keys in hardware, sign-on with hardware keys, two people for a release."),
         plan="Keep it that way; test the process.", controls=("sdlc", "access"), actions=(("Exercise: lost signing key", "Brandt", -85, "verified"),)),
    Case("R-009", "S", "Neumann", "Fitness data used beyond what people agreed to",
         ("training data tells more than its purpose needs", "our own product ideas", "infer health and habits", "unfair profiling and loss of trust"),
         "staff_error", "T26", "C", (4, 4, "Two ideas were stopped late."), (2, 4, "Purposes are reviewed before a release."), (2, 3, "Aggregated data for product work."),
         (3, 2, "Inferences about health people never gave."), plan="Aggregate before analysis.", controls=("privacy",), actions=(("Aggregation in the pipeline", "Haddad", 60, "in_progress"),)),
    Case("R-010", "L", "Ilves", "Support access from the Philippines without a valid assessment",
         ("the transfer assessment expired and nobody noticed", "support agents outside the EEA", "keep reading customer data", "an unlawful transfer and an order to stop it"),
         "supplier", "T13", "C", (4, 4, "It is happening."), (4, 3, "Masked for one of two queues."), (2, 3, "Assessment renewed, masked views everywhere."),
         (2, 3, "Data readable where protection was not assessed."), plan="Renew the assessment, mask what is read.", controls=("suppliers",),
         actions=(("Renew the transfer assessment", "Rehm", 5, "in_progress"), ("Mask the second queue", "Brandt", 30, "planned")), day=-46, rescored=-44),
    Case("R-011", "S", "Haddad", "Old Android versions without security fixes",
         ("a tenth of the users run versions without fixes", "known exploits", "read what the app stores", "health data of single users read"),
         "criminal", "T31", "C", (4, 3, "Exploits are public."), (3, 3, "Data is encrypted with a key in hardware."), option="retain",
         plan="Warn users; drop the version when fewer than 3 % use it.", controls=("hardening",)),
    Case("R-012", "S", "Haddad", "Children under 16 use Stridewell",
         ("the age question is easy to pass", "children", "give health data without their parents", "unlawful processing of children's data"),
         "user_error", "T35", "C", (3, 4, "Sports clubs recommend the app."), (3, 3, "A check at sign-up."), (2, 3, "A neutral age screen and a way for parents."),
         (3, 2, "Children cannot judge what they give."), plan="Neutral age screen, parental flow.", controls=("privacy",), actions=(("Neutral age screen", "Haddad", 12, "in_progress"),)),
]  # fmt: skip
# risk, asked by, accepted by, on day, valid until day
ACCEPTANCES = [
    ("R-005", "Wrona", "Voss", -100, 140),
    ("R-006", "Nair", "Ilves", -180, 100),
    ("R-011", "Nair", "Haddad", -150, 21),
]


def set_scenes(stage: Stage) -> None:
    """The method first, then the risks in the order they were found."""
    stage.on(-325, lambda: _write_method(stage))
    for case in CASES:
        stage.on(case.day, lambda case=case: _find(stage, case), 10)
        stage.on(case.day + 1 if case.day > -100 else case.day + 14, lambda case=case: _treat(stage, case), 11)
        stage.on(case.rescored, lambda case=case: _score_again(stage, case), 13)
        for title, who, due, state in case.actions:
            if state != "planned":
                stage.on(min(due, -2), lambda a=(case, title, who, state): _work(stage, *a), 16)
        if again := case.more.get("again"):
            stage.on(again[0], lambda case=case, again=again: _score(stage, case, "current", again[1], "Nair"), 10)
    for key, asked, accepted, day, until in ACCEPTANCES:
        stage.on(day, lambda a=(key, asked, accepted, until): _accept(stage, *a), 15)


def _write_method(stage: Stage) -> None:
    method = draft_method(
        organisation=stage.organisation, by=stage.person("Ilves"), label="RM-2.1", reason="Yearly revision"
    )
    approve_method(method=method, by=stage.person("Neumann"), reason="Discussed in the management review")


def _find(stage: Stage, case: Case) -> None:
    weakness, source, event, consequence = case.sentence
    risk = identify_risk(
        organisation=stage.organisation, project=None if case.scope == "L" else stage.project(case.scope),
        by=stage.person("Nair"), title=case.title, weakness=weakness, source=source, event=event, consequence=consequence,
        risk_source=case.source, threat=case.threat, owner=stage.person(case.owner),
        confidentiality="C" in case.properties, integrity="I" in case.properties, availability="A" in case.properties,
        reason="Risk workshop",
    )  # fmt: skip
    stage.keep(case.key, risk)
    _score(stage, case, "inherent", case.inherent, "Nair")
    _score(stage, case, "current", (*case.inherent[:2], "Before any treatment: " + case.inherent[2]), "Nair")
    if case.people:
        severity, likelihood, why = case.people
        assess_people(
            risk=stage.get(case.key), severity=severity, likelihood=likelihood, rationale=why, by=stage.person("Rehm"),
            reason="View of the people concerned",
        )  # fmt: skip


def _score(stage: Stage, case: Case, kind: str, score: Score, by: str) -> None:
    likelihood, consequence, why = score
    assess_risk(
        risk=stage.get(case.key), kind=kind, likelihood=likelihood, consequence=consequence, rationale=why,
        by=stage.person(by), reason="Assessment",
    )  # fmt: skip


def _treat(stage: Stage, case: Case) -> None:
    owner = stage.person(case.owner)
    if stage.get(case.key).state != "evaluated":
        move_risk(risk=stage.get(case.key), verb="evaluate", by=owner, reason="Compared with the criteria")
    treatment = treat_risk(
        risk=stage.get(case.key), option=case.option, rationale=case.plan, by=owner, reason="Decision"
    )
    for title, who, due, _ in case.actions:
        action = plan_action(
            treatment=treatment, title=title, owner=stage.person(who), due_date=stage.date(due), by=owner, reason="Plan"
        )
        stage.keep(f"{case.key} {title}", action)
    for control in case.controls:
        link_control(
            risk=stage.get(case.key), implementation=stage.get(f"CI {control}"), by=owner, reason="Relied upon"
        )
    move_risk(risk=stage.get(case.key), verb="plan", by=owner, reason="Plan agreed")
    move_risk(risk=stage.get(case.key), verb="start", by=owner, reason="Work begins")


def _score_again(stage: Stage, case: Case) -> None:
    _score(stage, case, "current", case.current, "Nair")
    if case.residual:
        _score(stage, case, "residual", case.residual, "Nair")


def _work(stage: Stage, case: Case, title: str, who: str, state: str) -> None:
    action = stage.get(f"{case.key} {title}")
    for step in ("in_progress", "done", "verified"):
        by = stage.person("Ilves" if step == "verified" and who != "Ilves" else who)
        move_action(action=action, to=step, by=by, reason="Checked in the running system" if step == "verified" else "")
        if step == state:
            return


def _accept(stage: Stage, key: str, asked: str, accepted: str, until: int) -> None:
    acceptance = request_acceptance(
        risk=stage.get(key), kind="residual", reason="What remains is within reach of the owner", by=stage.person(asked),
        valid_until=stage.date(until),
    )  # fmt: skip
    accept_risk(acceptance=acceptance, by=stage.person(accepted), reason="Known, watched, cheaper than the cure")
