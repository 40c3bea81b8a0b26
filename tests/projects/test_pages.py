from datetime import date

import pytest
from django.urls import reverse

from compliance.accounts.models import User
from compliance.ledger import Refused, change
from compliance.projects import services
from compliance.projects.models import AppTarget, Membership, Organisation, Project, Release
from compliance.tasks.services import add_task
from tests.conftest import person
from tests.queries import assert_steady


def test_home_leads_straight_to_the_only_project_or_organisation(
    ed: User, mara: User, lumaro: Organisation, stridewell: Project, sign_in
) -> None:
    assert sign_in(ed).get("/").url == stridewell.get_absolute_url()
    assert sign_in(mara).get("/").url == lumaro.get_absolute_url()


def test_home_tells_somebody_without_a_role_what_to_do(db: None, sign_in) -> None:
    page = sign_in(person("Nora")).get("/")
    assert (page.status_code, list(page.context["organisations"])) == (200, [])
    assert "Nothing is open to you yet" in page.content.decode()


def test_a_project_from_the_form_to_its_overview(mara: User, lumaro: Organisation, sign_in) -> None:
    browser = sign_in(mara)
    given = {"name": "Stridewell", "role": "controller", "countries": "de, at", "summary": "Coaches runners."}
    answer = browser.post(reverse("projects:project_add", args=[lumaro.slug]), given)
    project = Project.objects.get()
    assert (answer.status_code, answer.url) == (302, project.get_absolute_url())
    assert (project.reference, project.countries, project.organisation) == ("P-001", "DE AT", lumaro)
    assert browser.get(answer.url).status_code == 200


def test_a_wrong_country_is_named(mara: User, lumaro: Organisation, sign_in) -> None:
    given = {"name": "Stridewell", "role": "controller", "countries": "Germany"}
    answer = sign_in(mara).post(reverse("projects:project_add", args=[lumaro.slug]), given)
    assert answer.status_code == 422
    message = "“GERMANY” is no country code: write two letters, such as DE."
    assert answer.context["form"].errors == {"countries": [message]}


def test_two_people_edit_one_project(mara: User, ed: User, stridewell: Project, sign_in) -> None:
    page = reverse("projects:project_edit", args=[stridewell.slug])
    given = {"name": "Stridewell", "role": "controller", "state": "active", "version": str(stridewell.version)}
    assert sign_in(mara).post(page, {**given, "summary": "First"}).status_code == 302
    late = sign_in(ed).post(page, {**given, "summary": "Second"})
    assert late.status_code == 409
    assert Project.objects.get(pk=stridewell.pk).summary == "First"
    assert [(row["mine"], row["theirs"]) for row in late.context["rows"]] == [("Second", "First")]


def test_the_slug_does_not_change(mara: User, stridewell: Project) -> None:
    with pytest.raises(Refused, match="slug"):
        services.update_project(project=stridewell, by=mara, slug="other")


def test_settings_keep_the_scope_statement(mara: User, lumaro: Organisation, sign_in) -> None:
    page = reverse("projects:organisation_edit", args=[lumaro.slug])
    said = {"scope_statement": "All our apps.", "dpia_threshold": 2}
    given = {"name": "Lumaro", "country": "DE", "version": str(lumaro.version), **said}
    assert sign_in(mara).post(page, given).status_code == 302
    assert Organisation.objects.get(pk=lumaro.pk).scope_statement == "All our apps."


class TestReleases:
    def plan(self, project: Project, by: User, name: str = "4.2.0") -> Release:
        return services.plan_release(project=project, name=name, by=by, planned_date=date(2026, 12, 1))

    def test_planned_published_withdrawn_by_the_pages(self, ed: User, stridewell: Project, sign_in) -> None:
        browser = sign_in(ed)
        given = {"name": "4.2.0", "change_class": "major", "planned_date": "2026-12-01"}
        answer = browser.post(reverse("projects:release_add", args=[stridewell.slug]), given)
        assert answer.url == reverse("projects:release", args=[stridewell.slug, "REL-001"])
        assert browser.get(answer.url).status_code == 200
        assert browser.post(f"{answer.url}publish/", {"reason": "In both stores"}).status_code == 302
        assert Release.objects.get().state == "released"
        refused = browser.post(f"{answer.url}edit/", {**given, "version": "2"})
        assert (refused.status_code, "only a planned one is changed" in refused.content.decode()) == (422, True)
        assert browser.post(f"{answer.url}withdraw/", {"reason": ""}).status_code == 422
        assert browser.post(f"{answer.url}withdraw/", {"reason": "Crashes at start"}).status_code == 302
        assert Release.objects.get().state == "withdrawn"

    def test_moves_that_are_none(self, ed: User, stridewell: Project) -> None:
        release = self.plan(stridewell, ed)
        services.publish_release(release=release, by=ed)
        with pytest.raises(services.NotPlanned):
            services.publish_release(release=release, by=ed)
        services.withdraw_release(release=release, by=ed, reason="Broken")
        with pytest.raises(services.NotPlanned):
            services.withdraw_release(release=release, by=ed, reason="Again")

    def test_a_version_stands_once(self, ed: User, stridewell: Project) -> None:
        self.plan(stridewell, ed)
        with pytest.raises(Refused, match=r"already has a release 4\.2\.0"):
            self.plan(stridewell, ed)

    def test_a_version_stands_once_in_each_project(self, mara: User, stridewell: Project, korvo: Project) -> None:
        assert [self.plan(project, mara).reference for project in (stridewell, korvo)] == ["REL-001", "REL-002"]


def test_a_listing_stands_once_per_platform(ed: User, stridewell: Project, sign_in) -> None:
    page = reverse("projects:target_add", args=[stridewell.slug])
    given = {"platform": "ios", "store": "App Store", "app_id": "com.lumaro.stridewell"}
    assert sign_in(ed).post(page, given).status_code == 302
    assert sign_in(ed).post(page, given).status_code == 422
    assert AppTarget.objects.count() == 1


def add_member(project: Project, n: int) -> None:
    user = person(f"Member{n}")
    services.grant_role(user=user, role="contributor", scope=project, by="tests")


def add_project(organisation: Organisation, n: int) -> None:
    services.create_project(organisation=organisation, name=f"App {n}", by="tests")


ROWS = {
    "projects:projects": lambda project, n: add_project(project.organisation, n),
    "projects:members": add_member,
    "projects:project_members": add_member,
    "projects:releases": lambda project, n: services.plan_release(project=project, name=f"1.{n}", by="tests"),
}


@pytest.mark.parametrize("page", ROWS)
def test_three_rows_cost_what_one_costs(page: str, mara: User, stridewell: Project, sign_in) -> None:
    own = page.startswith(("projects:project_", "projects:releases"))
    slug = stridewell.slug if own else stridewell.organisation.slug
    assert_steady(sign_in(mara), reverse(page, args=[slug]), lambda n: ROWS[page](stridewell, n))


def test_the_overview_of_an_organisation_costs_the_same_when_it_grows(mara: User, stridewell: Project, sign_in) -> None:
    lumaro = stridewell.organisation
    for n in range(6):  # so that the same kinds of records stand in the last changes
        add_project(lumaro, 10 + n)
    assert_steady(sign_in(mara), lumaro.get_absolute_url(), lambda n: add_project(lumaro, n))


def test_the_overview_of_a_project_costs_the_same_when_it_grows(
    mara: User, stridewell: Project, sign_in, settings
) -> None:
    def grow(n: int) -> None:
        for index in range(8):  # so that the same kinds of records stand in the last changes
            day = date(2026, 12, index + 1)
            add_task(scope=stridewell, title=f"Task {n}", assignee=mara, due_date=day, by="tests")
        with change(by="tests"):
            AppTarget(project=stridewell, platform="ios", store="App Store", app_id=f"a{n}").save()

    assert_steady(sign_in(mara), stridewell.get_absolute_url(), grow)


def test_a_guest_sees_their_projects_only(ed: User, korvo: Project, stridewell: Project, sign_in) -> None:
    browser = sign_in(ed)
    page = browser.get(reverse("projects:projects", args=[korvo.organisation.slug]))
    assert [str(row) for row in page.context["listing"].page] == ["Stridewell"]
    overview = browser.get(korvo.organisation.get_absolute_url())
    assert [box["title"] for box in overview.context["panels"] if box["title"] in {"Due next", "Last changes"}] == []


def test_a_role_is_granted_and_ended_by_the_pages(mara: User, ed: User, stridewell: Project, sign_in) -> None:
    browser, slug = sign_in(mara), stridewell.organisation.slug
    given = {"person": str(ed.pk), "role": "contributor", "project": str(stridewell.pk)}
    assert browser.post(reverse("projects:grant", args=[slug]), given).status_code == 302
    role = Membership.objects.get(user=ed, role="contributor")
    page = reverse("projects:member", args=[slug, role.pk])
    assert browser.get(page).status_code == 200
    assert browser.post(f"{page}window/", {"until": "2030-01-31", "reason": "Contract"}).status_code == 302
    assert str(Membership.objects.get(pk=role.pk).last_day) == "2030-01-31"
    assert browser.post(f"{page}end/", {"reason": ""}).status_code == 422
    assert browser.post(f"{page}end/", {"reason": "Done"}).status_code == 302
    assert not Membership.objects.filter(pk=role.pk).exists()
    refused = browser.post(reverse("projects:grant", args=[slug]), {**given, "person": str(mara.pk)})
    assert (refused.status_code, "cannot grant a role to yourself" in refused.content.decode()) == (422, True)
