"""`load_volume` makes an organisation of any size, with its history, as the services would have."""

import pytest
from django.core.management import CommandError, call_command

from compliance.ledger.verification import verify
from compliance.projects.access import may
from compliance.projects.models import Project
from compliance.projects.services import add_app_target, create_organisation, create_project, plan_release
from risks.models import Risk
from risks.services import identify_risk
from risks.volume.load import grow, history_rows
from tests.controls.editions import make_edition
from tests.risks.conftest import SCENARIO


@pytest.fixture
def show(mara):
    """A demonstration with two projects: what is copied."""
    organisation = create_organisation(name="Show", by="tests", admin=mara, demonstration=True)
    for name in ("Stridewell", "Korvo Wallet"):
        project = create_project(organisation=organisation, name=name, by="tests")
        add_app_target(project=project, by="tests", platform="ios", store="App Store", app_id=f"com.{project.slug}")
        plan_release(project=project, name="1.0.0", by="tests")
        more = {**SCENARIO, "title": f"Lost phones of {name}"}
        identify_risk(organisation=organisation, project=project, by=mara, **more)
    return organisation


def test_an_organisation_grows_to_the_size_asked_for_and_verifies(show, mara):
    grow(show, projects=6, history=700, seed=1, tell=str)

    assert show.projects.count() == 6
    assert history_rows(show) == 700
    assert list(verify()) == []
    names = [project.name for project in Project.objects.order_by("reference")[2:]]
    assert [risk.title.partition(" · ")[0] for risk in Risk.objects.filter(project__name=names[1])] == [
        f"Lost phones of {names[1]}"
    ]
    assert all(may(mara, project, "view", kind="risk") for project in show.projects.all())


def test_what_is_there_already_stays(show):
    grow(show, projects=4, history=0, seed=1, tell=str)
    before = history_rows(show)

    grow(show, projects=4, history=0, seed=1, tell=str)

    assert history_rows(show) == before


def test_the_command_asks_for_catalogues_first(db):
    with pytest.raises(CommandError, match="no frameworks yet"):
        call_command("load_volume", "--projects", "4")


def test_the_command_refuses_where_real_organisations_work(stridewell):
    make_edition("small")

    with pytest.raises(CommandError, match=r"Real organisations work here \(Lumaro\)"):
        call_command("load_volume", "--projects", "4")
