"""Changing a rule: when it holds, what it says and what it proposes."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils import timezone

from compliance.assessments.conditions import LENGTH, NotACondition, read_condition, written
from compliance.assessments.questionnaire import Questionnaire, Rule
from compliance.assessments.rule_words import KIND_WORDS, condition_choices, condition_of, known, told_consequence
from compliance.assessments.rules import holds
from compliance.projects.roles import ROLES

SPARE, CONDITIONS = 3, 3
KINDS = [(key, label) for key, label in KIND_WORDS.items() if key not in {"flow", "party", "record", "sdk"}]
FREE_DAYS = 30


class RuleForm(forms.Form):
    """`rule` is the one that is changed; without it one of our own is made."""

    off = forms.BooleanField(required=False, label="Switch it off", help_text="It then proposes nothing.")
    explain = forms.CharField(
        label="Sentence",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Why this follows, in one sentence. People read it beside their answer.",
    )
    keep = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="What it proposes",
        help_text="Untick what shall not follow.",
    )
    reason = forms.CharField(label="Why the rule is changed", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, asked: Questionnaire, rule: Rule | None, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked, self.rule, self.own = asked, rule, own
        then = list(rule.then) if rule else []
        keep: Any = self.fields["keep"]
        keep.choices = [(str(number), told_consequence(one, asked)) for number, one in enumerate(then)]
        keep.initial = [number for number, _ in keep.choices]
        self.fields["explain"].initial = rule.explain if rule else ""
        if not then:
            del self.fields["keep"]
        if rule is None:
            del self.fields["off"]
        self._ask_when(rule)
        for number in range(1, SPARE + 1):
            self._ask_then(number)
        first = ["off", "when", *(f"when_{n}" for n in range(1, CONDITIONS + 1)), "join"]
        self.order_fields([*first, *(name for name in self.fields if name not in {*first, "reason"}), "reason"])

    def _ask_when(self, rule: Rule | None) -> None:
        """The condition as it is written, and more of it to choose."""
        self.fields["when"] = forms.CharField(
            required=rule is not None and not self.data.get("off"),
            max_length=LENGTH,
            label="When",
            initial=written(rule.when) if rule else "",
            widget=forms.Textarea(
                attrs={"rows": 3, "class": "form-control mono", "spellcheck": "false", "autocapitalize": "off"}
            ),
            help_text="Write it like Q32 has crypto and not (Q11 is all or Q36.purpose has login), or choose below. "
            "“How to write a condition” at the end of this page has every question and answer.",
        )
        choices: list[Any] = [("", "Nothing more"), *condition_choices(self.asked)]
        for number in range(1, (CONDITIONS if rule is None else 1) + 1):
            label = "And when" if rule or number > 1 else "Or choose when"
            self.fields[f"when_{number}"] = forms.ChoiceField(required=False, choices=choices, label=label)
        self.fields["join"] = forms.ChoiceField(
            choices=[("all", "All of them have to be true"), ("any", "One of them is enough")],
            label="Of what is written and chosen",
            required=False,
        )

    def _ask_then(self, number: int) -> None:
        self.fields[f"kind_{number}"] = forms.ChoiceField(
            required=False, choices=[("", "Nothing more"), *KINDS], label=f"Propose also ({number})"
        )
        self.fields[f"named_{number}"] = forms.CharField(
            required=False,
            max_length=200,
            label="What",
            help_text="A control like A.8.11, a risk like T18, a framework or flag by its name; else the title.",
        )

    @property
    def parts(self) -> Iterator[tuple[Any, Any]]:
        """The pairs of what is proposed besides."""
        return ((self[f"kind_{number}"], self[f"named_{number}"]) for number in range(1, SPARE + 1))

    def clean_when(self) -> dict[str, Any]:
        text = str(self.cleaned_data["when"]).strip()
        try:
            return read_condition(text, self.asked) if text else {}
        except NotACondition as wrong:
            raise forms.ValidationError(str(wrong)) from wrong

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "when" in data and not data.get("off"):
            data["whole"] = self._whole(data)
        data["then"] = [*self._kept(data), *self._added(data)]
        if not data.get("off") and not data["then"] and not self.errors:
            raise forms.ValidationError("It proposes nothing: keep or choose something, or switch it off.")
        return data

    def _kept(self, data: dict[str, Any]) -> list[dict[str, Any]]:
        then = list(self.rule.then) if self.rule else []
        return [dict(then[int(number)]) for number in data.get("keep", ())]

    def _added(self, data: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for number in range(1, SPARE + 1):
            kind, named = data.get(f"kind_{number}", ""), str(data.get(f"named_{number}", "")).strip()
            if not kind:
                continue
            if (then := _consequence(kind, named)) is None:
                self.add_error(f"named_{number}", _unknown(kind, named))
            else:
                yield then

    def _whole(self, data: dict[str, Any]) -> dict[str, Any]:
        """What is written and what is chosen, joined; true of answers, never of a page nobody filled in."""
        chosen = [condition_of(data[f"when_{n}"]) for n in range(1, CONDITIONS + 1) if data.get(f"when_{n}")]
        conditions = [*([data["when"]] if data["when"] else []), *chosen]
        if not conditions:
            self.add_error("when", "Write or choose when the rule holds.")
            return {}
        whole = {data.get("join") or "all": conditions} if len(conditions) > 1 else conditions[0]
        if holds(whole, self.asked, {}, timezone.now().date()):
            say = "This is true before anybody answers. Ask for an answer too: Q32 answered and not Q32 has crypto."
            self.add_error("when", say)
        return whole

    def says(self) -> dict[str, Any]:
        """What the rule says now: when, if not as the edition has it; of one of our own also whose question it is."""
        data = self.cleaned_data
        found: dict[str, Any] = {"explain": data["explain"].strip(), "then": data["then"]}
        if self.own:
            return found | {"when": data["whole"], "question": _first(data["whole"])}
        edition = self.asked.rule(self.rule.id) if self.rule else None
        same = edition is not None and read_condition(written(edition.when), self.asked) == data["whole"]
        return found if same else found | {"when": data["whole"]}


def _first(when: Mapping[str, Any]) -> str:
    """The question a condition asks first."""
    while "q" not in when:
        when = when["not"] if "not" in when else when.get("all", when.get("any"))[0]
    return str(when["q"]).partition(".")[0]


def _consequence(kind: str, named: str) -> dict[str, Any] | None:
    """The consequence a person means; None when there is no such thing."""
    if not named:
        return None
    options = known(kind)
    if not options:
        more = {"role": "compliance_officer" if "compliance_officer" in ROLES else next(iter(ROLES)), "days": FREE_DAYS}
        return {kind: named, **(more if kind == "task" else {})}
    asked = named.casefold()
    hits = [key for key, label in options.items() if asked in {key.casefold(), label.casefold()}]
    hits = hits or [key for key, label in options.items() if label.casefold().split(" ")[0] == asked]
    if len(hits) != 1:
        return None
    if kind == "risk":
        return {"risk": hits[0], "title": options[hits[0]].partition(" ")[2]}
    return {kind: hits[0], **({"title": options[hits[0]]} if kind == "framework" else {})}


def _unknown(kind: str, named: str) -> str:
    if not named:
        return "Say what."
    near = [label for label in known(kind).values() if named.casefold() in label.casefold()][:3]
    more = f" Did you mean {' or '.join(near)}?" if near else ""
    return f"There is no {KIND_WORDS[kind].lower()} “{named[:60]}” here.{more}"
