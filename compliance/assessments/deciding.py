"""What is to be decided, put together: what one person decides with one reason is one decision."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from compliance.assessments.models import Assessment, Proposal, ProposalState
from compliance.assessments.registry import Stand, consequence_of
from compliance.assessments.services.proposal import stands

# Controls and risks are decided by what they are about: pages of the questions that belong together.
TOPICS = {
    "app": ("running", "Building and running it"),
    "people": ("people", "People and accounts"),
    "accounts": ("people", "People and accounts"),
    "data": ("data", "Data"),
    "choice": ("data", "Data"),
    "phone": ("phone", "On the phone"),
    "money": ("money", "Money"),
    "behind": ("running", "Building and running it"),
    "running": ("running", "Building and running it"),
}
IN_ORDER = ("running", "people", "data", "phone", "money")
BY_TOPIC = {Proposal.Kind.CONTROL: "Controls", Proposal.Kind.RISK: "Risks"}
# kind: key and title of the decision
TOGETHER = {
    Proposal.Kind.FLAG: ("is", "What the app is"),
    Proposal.Kind.FRAMEWORK: ("frameworks", "Frameworks and laws"),
    Proposal.Kind.PARTY: ("parties", "Parties"),
    Proposal.Kind.FLOW: ("flows", "Data flows"),
    Proposal.Kind.PERMISSION: ("build", "What the build may contain"),
    Proposal.Kind.SDK: ("build", "What the build may contain"),
    Proposal.Kind.TASK: ("tasks", "Tasks"),
    Proposal.Kind.EVIDENCE: ("evidence", "Evidence to ask for"),
}
RECORDS = {
    "scope_text": ("about", "Scope and store listings"),
    "app_target": ("about", "Scope and store listings"),
    "data_item": ("inventory", "Data and systems"),
    "system": ("inventory", "Data and systems"),
    "notice": ("told", "Notices and consents"),
    "consent": ("told", "Notices and consents"),
    "processing": ("processing", "Records of processing and screening"),
    "screening": ("processing", "Records of processing and screening"),
    "retention": ("retention", "Retention"),
    "transfer": ("transfers", "Transfers outside the EEA"),
}
OTHERS = ("others", "Other records")
ORDER = (
    *("is", "about", "frameworks"),
    *(f"controls-{topic}" for topic in IN_ORDER),
    *(f"risks-{topic}" for topic in IN_ORDER),
    *("parties", "inventory", "flows", "transfers", "processing", "retention", "told", "others"),
    *("build", "tasks", "evidence"),
)
BY_HAND = "Assay does not carry these out by itself. Accepting says that it was done by hand; say where in the reason."


@dataclass
class Line:
    """A proposal and how it stands in its room today."""

    row: Proposal
    stand: Stand

    @property
    def waits(self) -> bool:
        return self.row.state == ProposalState.PROPOSED

    @property
    def reasons(self) -> list[str]:
        return self.row.because.splitlines()


@dataclass
class Decision:
    """What is decided together."""

    key: str
    title: str
    lines: list[Line] = field(default_factory=list)

    @property
    def waiting(self) -> list[Line]:
        return [line for line in self.lines if line.waits]

    @property
    def settled(self) -> list[Line]:
        """Decided, standing or withdrawn."""
        return [line for line in self.lines if not line.waits]

    @property
    def hint(self) -> str:
        asked = [line.row for line in self.waiting]
        return BY_HAND if any(consequence_of(row.kind, row.named) is None for row in asked) else ""


@dataclass
class Progress:
    """How far deciding is; what stands already asks for nothing."""

    decisions: list[Decision]

    @property
    def open(self) -> list[Decision]:
        return [one for one in self.decisions if one.waiting]

    @property
    def asked(self) -> list[Decision]:
        """Those that ask, or asked, for a decision."""
        return [one for one in self.decisions if any(_asks(line.row.state) for line in one.lines)]

    @property
    def done(self) -> int:
        return len(self.asked) - len(self.open)

    @property
    def waiting(self) -> int:
        return sum(len(one.waiting) for one in self.decisions)

    @property
    def standing(self) -> int:
        return sum(line.row.state == ProposalState.STANDING for one in self.decisions for line in one.lines)

    def named(self, key: str) -> Decision | None:
        return next((one for one in self.decisions if one.key == key), None)


def _asks(state: str) -> bool:
    return state in {ProposalState.PROPOSED, ProposalState.ACCEPTED, ProposalState.DECLINED}


def place_of(row: Proposal, step: str) -> tuple[str, str]:
    """Key and title of the decision a proposal belongs to; `step` is the page of its question."""
    kind = Proposal.Kind(row.kind)
    if kind in BY_TOPIC:
        topic, title = TOPICS[step]
        return f"{BY_TOPIC[kind].lower()}-{topic}", f"{BY_TOPIC[kind]}: {title.lower()}"
    if kind == Proposal.Kind.RECORD:
        return RECORDS.get(row.named, OTHERS)
    return TOGETHER[kind]


def decisions(assessment: Assessment, rows: Sequence[Proposal], looked: Iterable[Stand]) -> list[Decision]:
    """The proposals as decisions, in the order they are best taken."""
    questions = assessment.questions.questions
    found: dict[str, Decision] = {}
    for row, stand in zip(rows, looked, strict=True):
        step = questions[row.question].step if row.question in questions else "app"
        key, title = place_of(row, step)
        found.setdefault(key, Decision(key, title)).lines.append(Line(row, stand))
    return sorted(found.values(), key=lambda one: ORDER.index(one.key))


def to_decide(assessment: Assessment) -> Progress:
    """Everything an assessment proposed, with how what waits stands today; a fixed number of queries for each kind."""
    rows = list(assessment.proposals.select_related("decided_by", "project__organisation").order_by("reference"))
    waiting = [row for row in rows if row.state == ProposalState.PROPOSED]
    looked = dict(zip((row.pk for row in waiting), stands(assessment.project, waiting), strict=True))
    return Progress(decisions(assessment, rows, [looked.get(row.pk, Stand()) for row in rows]))
