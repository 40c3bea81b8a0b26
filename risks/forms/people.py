"""The risk to people: judged by who runs the risk register, commented by the data protection officer."""

from typing import Any

from django import forms

from compliance.projects.forms import ReasonForm
from dataflows import vocabulary
from risks.models import Risk
from risks.models.people import DESIGN, FEARED, HARMS, Opinion, PeopleRisk
from risks.scales import PEOPLE_LIKELIHOOD, PEOPLE_SEVERITY

NOT_JUDGED = ("", "Not judged yet")


def four(label: str, names: dict[int, str], help_text: str = "", required: bool = True) -> forms.TypedChoiceField:
    """A value of the scale for people."""
    choices = [(number, f"{number} {name}") for number, name in names.items()]
    return forms.TypedChoiceField(
        label=label,
        choices=choices if required else [NOT_JUDGED, *choices],
        coerce=int,
        empty_value=None,
        required=required,
        widget=forms.RadioSelect if required else forms.Select,
        help_text=help_text,
    )


class PeopleForm(forms.Form):
    """Harm to the people concerned, on its own scale."""

    clauses = {
        "severity": "GDPR, recitals 75 and 76",
        "harms": "GDPR, recital 75",
        "residual_severity": "GDPR, Art. 35(7)(d), 36",
    }

    event = forms.ChoiceField(
        label="What they have to fear",
        choices=[("", "Choose"), ("Feared events", FEARED), ("Risks of the design", DESIGN)],
        required=False,
    )
    origin = forms.ChoiceField(
        label="Where it comes from", choices=PeopleRisk.Origin.choices, widget=forms.RadioSelect, required=False
    )
    groups = forms.MultipleChoiceField(
        label="People concerned",
        choices=vocabulary.subject_choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    harms = forms.MultipleChoiceField(label="Harm", choices=HARMS, widget=forms.CheckboxSelectMultiple, required=False)
    severity = four(
        "Severity for the people concerned",
        PEOPLE_SEVERITY,
        "From the data and the people, never from our own loss: what could it do to them, "
        "and how hard would it be to overcome?",
    )
    likelihood = four("Likelihood that it happens to them", PEOPLE_LIKELIHOOD)
    residual_severity = four("Severity after treatment", PEOPLE_SEVERITY, required=False)
    residual_likelihood = four("Likelihood after treatment", PEOPLE_LIKELIHOOD, required=False)
    rationale = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, risk: Risk, proposal: tuple[int, str] | None = None, **kwargs: Any) -> None:
        names = ("event", "origin", "groups", "harms", "severity", "likelihood", "rationale")
        known = {name: getattr(risk, f"privacy_{name}") for name in names}
        known |= {name: getattr(risk, f"privacy_{name}") for name in ("residual_severity", "residual_likelihood")}
        if proposal and known["severity"] is None:
            known["severity"] = proposal[0]
        super().__init__(*args, initial=known, **kwargs)
        if proposal:
            said = f"The data suggests {proposal[0]} {PEOPLE_SEVERITY[proposal[0]].lower()}: {proposal[1]}"
            self.fields["severity"].help_text = f"{said} {self.fields['severity'].help_text}"


class OpinionForm(ReasonForm):
    """What the data protection officer thinks of a judgement."""

    opinion = forms.ChoiceField(choices=Opinion.choices, widget=forms.RadioSelect)
    field_order = ("opinion", "reason")
    clauses = {"opinion": "GDPR, Art. 39(1)"}
