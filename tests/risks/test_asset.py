"""Assets have owners and values on the method's scale, rest on others and are touched by risks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from compliance.accounts.models import User
from compliance.ledger import Refused
from compliance.projects.models import Project
from risks import services
from risks.models import Asset, Risk

SignIn = Callable[[User], Client]


def asset(project: Project, by: User, name: str, **fields: Any) -> Asset:
    said = {"kind": "information", "rank": "primary", "owner": by, **fields}
    return services.add_asset(organisation=project.organisation, project=project, by=by, name=name, **said)


def test_an_asset_is_kept_on_the_pages_and_touched_by_risks(
    stridewell: Project, risk: Risk, score: Callable[..., Any], ed: User, sign_in: SignIn, queries: Any
) -> None:
    base, client = "/projects/stridewell/risks/assets/", sign_in(ed)
    store = asset(stridewell, ed, "Local store", rank="supporting", kind="software")
    said = {"name": "Health data", "kind": "information", "rank": "primary", "owner": ed.pk, "confidentiality": 5}
    assert client.post(f"{base}add/", {**said, "needs": [store.pk]}).url == f"{base}AS-002/"
    health = Asset.objects.get(reference="AS-002")
    assert (health.worth, [link.needed for link in health.needs.all()]) == (5, [store])

    score(risk, "current", 3, 4)
    assert client.post("/projects/stridewell/risks/R-001/touches/add/", {"thing": health.pk}).status_code == 302
    page = client.get(f"{base}AS-002/")
    assert [one.reference for one in page.context["risks"]] == ["R-001"]
    listed = client.get(base, {"show": "exposed"}).context["listing"].page.object_list
    assert [(row.reference, row.exposure, row.risk_count) for row in listed] == [("AS-002", 2, 1)]
    found = client.get("/projects/stridewell/risks/", {"asset": "AS-002"}).context["listing"].page.object_list
    assert [one.reference for one in found] == ["R-001"]


def test_what_cannot_be_is_refused_in_words(stridewell: Project, korvo: Project, ed: User, mara: User) -> None:
    store = asset(stridewell, ed, "Local store")
    health = asset(stridewell, ed, "Health data", needs=[store])
    with pytest.raises(Refused, match="AS-002 rests on AS-001 already"):
        services.update_asset(asset=store, needs=[health], by=ed)
    with pytest.raises(Refused, match="There is an asset of this name already"):
        asset(stridewell, ed, "Health data")
    with pytest.raises(Refused, match="outside the consequence scale: choose 1 to 5"):
        services.update_asset(asset=store, integrity=6, by=ed)
    with pytest.raises(Refused, match="AS-002 rests on it"):
        services.retire_asset(asset=store, by=ed, reason="Gone.")
    other = asset(korvo, mara, "Balances")
    wider = services.identify_risk(organisation=stridewell.organisation, project=stridewell, by=ed, **WORDS)
    with pytest.raises(Refused, match="does not belong to Stridewell"):
        services.link_thing(risk=wider, thing=other, by=ed)


WORDS = {
    "title": "Lost phone",
    "weakness": "no lock",
    "source": "a thief",
    "event": "read data",
    "consequence": "harm",
    "risk_source": "criminal",
}
