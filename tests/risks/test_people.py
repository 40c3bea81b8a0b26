"""The risk to people: judged from the data, commented by the officer, an objection never passed over in silence."""

import pytest

from compliance.accounts.models import User
from compliance.ledger import Refused
from compliance.projects import services as people_services
from compliance.projects.models import Organisation
from risks import services
from risks.models import Risk
from tests.stage import staged

HIGH = {"severity": 3, "likelihood": 3, "rationale": "Health data of many."}
LOW = {"severity": 2, "likelihood": 1, "rationale": "Few people, little data."}


@staged
def dora(lumaro: Organisation, mara: User) -> User:
    """The data protection officer."""
    from tests.conftest import person

    user = person("Dora")
    people_services.grant_role(user=user, role="dpo", scope=lumaro, by=mara)
    return user


def test_an_objection_is_followed_or_answered_in_writing(risk: Risk, ed: User, ria: User, dora: User) -> None:
    services.assess_people(risk=risk, by=ed, **LOW)
    with pytest.raises(Refused, match="for the data protection officer"):
        services.opine(risk=risk, opinion="objects", by=ria, reason="No")
    services.opine(risk=risk, opinion="objects", by=dora, reason="It can be avoided")
    with pytest.raises(Refused, match="objects to R-001"):
        services.treat_risk(risk=risk, option="retain", rationale="Cheap", by=ed)
    with pytest.raises(Refused, match="somebody else answers"):
        services.deviate(risk=risk, by=dora, reason="So")
    services.deviate(risk=risk, by=ria, reason="The alternative collects more")
    assert services.treat_risk(risk=risk, option="retain", rationale="Cheap", by=ed).option == "retain"


def test_a_new_level_takes_the_opinion_away_and_a_grave_rest_is_not_retained(risk: Risk, ed: User, dora: User) -> None:
    services.assess_people(risk=risk, by=ed, **LOW)
    services.opine(risk=risk, opinion="agrees", by=dora, reason="Fine")
    services.assess_people(risk=risk, by=ed, harms=["discrimination"], event="tracking", **LOW)
    assert (risk.privacy_opinion, risk.privacy_harm_names, risk.privacy_event_name) == (
        "agrees",
        ["Discrimination"],
        "Tracking",
    )
    services.assess_people(risk=risk, by=ed, residual_severity=4, residual_likelihood=3, **HIGH)
    assert (risk.privacy_opinion, risk.privacy_residual_level) == ("", "very_high")
    with pytest.raises(Refused, match="cannot be retained"):
        services.treat_risk(risk=risk, option="retain", rationale="Cheap", by=ed)
    for wrong, said in (
        ({"event": "nonsense"}, "What they have to fear"),
        ({"harms": ["nonsense"]}, "Harm: choose"),
        ({"groups": ["nonsense"]}, "People concerned"),
        ({"residual_severity": 2}, "after treatment, or neither"),
    ):
        with pytest.raises(Refused, match=said):
            services.assess_people(risk=risk, by=ed, **LOW, **wrong)
