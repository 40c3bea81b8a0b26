"""The pages: who reads, who writes, what a number leads to, what bad input says."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.accounts.models import User
from compliance.projects.models import Organisation, Project
from controls.models import Implementation
from risks import services
from risks.models import Risk, RiskMethod, RiskPosition
from risks.panels import risks_of_project
from tests.queries import assert_steady
from tests.risks.conftest import SCENARIO

REGISTER = "/projects/stridewell/risks/"
ONE = f"{REGISTER}R-001/"
SignIn = Callable[[User], Client]


def listed(client: Client, url: str) -> list[str]:
    """The references a register shows."""
    listing = client.get(url).context["listing"]
    return [row.reference for row, _, _ in listing.rows()]


def number(figures: Any, label: str) -> tuple[int, str]:
    found = next(figure for figure in figures if figure.label == label)
    return found.count, found.url


def test_an_outsider_finds_nothing(risk: Risk, otto: User, sign_in: SignIn) -> None:
    client = sign_in(otto)

    pages = ["", "edit/", "people/", "positions/current/", "treatment/", "acceptance/", "steps/close/", "controls/add/"]
    assert {client.get(f"{ONE}{page}").status_code for page in pages} == {404}
    assert client.get(REGISTER).status_code == client.get("/organisations/lumaro/risks/").status_code == 404


def test_an_auditor_reads_and_writes_nothing(risk: Risk, ada: User, sign_in: SignIn) -> None:
    client = sign_in(ada)

    assert client.get(ONE).status_code == 200
    for page in ("edit/", "people/", "positions/current/", "treatment/", "acceptance/", "steps/close/"):
        assert client.post(f"{ONE}{page}", {}).status_code == 403
    assert b"positions/current/" not in client.get(ONE).content


def test_another_projects_risk_is_not_found_under_this_one(
    risk: Risk, korvo: Project, mara: User, sign_in: SignIn
) -> None:
    other = services.identify_risk(organisation=korvo.organisation, project=korvo, by=mara, **SCENARIO)

    assert sign_in(mara).get(f"{REGISTER}{other.reference}/").status_code == 404
    assert sign_in(mara).get(f"/organisations/lumaro/risks/{other.reference}/").status_code == 404


def test_the_register_asks_the_same_queries_for_one_row_and_for_three(
    stridewell: Project, method: RiskMethod, ed: User, score: Any, sign_in: SignIn
) -> None:
    def add(n: int) -> None:
        new = services.identify_risk(organisation=stridewell.organisation, project=stridewell, by=ed, **SCENARIO)
        score(new, "current", n, n)
        services.treat_risk(risk=new, option="modify", rationale="Cheap.", by=ed)

    assert_steady(sign_in(ed), REGISTER, add)


def test_boards_ask_the_same_queries_for_one_risk_and_for_three(
    stridewell: Project, method: RiskMethod, ed: User, ria: User, score: Any, sign_in: SignIn
) -> None:
    def add(n: int) -> None:
        new = services.identify_risk(
            organisation=stridewell.organisation, project=stridewell, by=ed, owner=ria, **SCENARIO
        )
        score(new, "current", n, n)
        services.request_acceptance(risk=new, kind="residual", reason="Cheap.", by=ed)
        with CaptureQueriesContext(connection) as captured:
            render_to_string("risks/panels/board.html", risks_of_project(stridewell))
        panel.append(len(captured))

    panel: list[int] = []
    assert_steady(sign_in(ed), "/projects/stridewell/risks/heat-map/", add)
    assert panel[0] == panel[2]


def test_every_number_of_the_board_leads_to_its_rows(
    risk: Risk, score: Any, ed: User, ria: User, korvo: Project, mara: User, sign_in: SignIn
) -> None:
    score(risk, "current", 4, 4)
    calm = services.identify_risk(organisation=risk.organisation, project=risk.project, by=ed, **SCENARIO)
    score(calm, "current", 1, 1)
    services.identify_risk(organisation=risk.organisation, project=korvo, by=mara, **SCENARIO)
    client = sign_in(ed)

    board = client.get("/projects/stridewell/risks/heat-map/").context["board"]

    assert number(board.figures, "Open risks")[0] == 2
    count, url = number(board.figures, "Above appetite")
    assert (count, listed(client, url)) == (1, ["R-001"])
    count, url = number(board.figures, "Without an owner")
    assert (count, listed(client, url)) == (1, [calm.reference])
    cell = next(cell for cell in board.current.cells if cell.count and cell.level == "high")
    assert listed(client, cell.url) == ["R-001"]


def test_an_outdated_acceptance_is_counted_and_found(
    risk: Risk, score: Any, ed: User, ria: User, sign_in: SignIn
) -> None:
    score(risk, "current", 2, 2)
    request = services.request_acceptance(risk=risk, kind="residual", reason="Cheap.", by=ed)
    services.accept_risk(acceptance=request, by=ria, reason="Fine.")
    client = sign_in(ed)
    assert listed(client, f"{REGISTER}?show=outdated") == []

    score(risk, "current", 3, 2)

    assert listed(client, f"{REGISTER}?show=outdated") == ["R-001"]
    assert "Current score: 2 × 2, low → 3 × 2, medium" in client.get(ONE).content.decode()


def test_filters_read_as_a_sentence(risk: Risk, score: Any, ed: User, sign_in: SignIn) -> None:
    score(risk, "current", 4, 4)

    listing = sign_in(ed).get(f"{REGISTER}?level=high&show=appetite&current=4x4").context["listing"]

    assert [term.text for term in listing.terms] == [
        "level is High",
        "risk is above appetite",
        "current position is 4x4",
    ]
    assert listing.total == 1
    assert sign_in(ed).get(f"{REGISTER}?current=nonsense").context["listing"].total == 0


def test_a_risk_is_added_in_the_parts_of_a_sentence(stridewell: Project, ed: User, ria: User, sign_in: SignIn) -> None:
    client = sign_in(ed)
    data = {**SCENARIO, "approach": "event", "owner": str(ria.pk), "affected": ["confidentiality", "integrity"]}

    response = client.post(f"{REGISTER}add/", data)

    risk = Risk.objects.get()
    assert response.url == ONE
    assert (risk.project, risk.owner, risk.affects, risk.state) == (stridewell, ria, "C I", "identified")


def test_bad_input_names_the_field_and_stores_nothing(stridewell: Project, ed: User, sign_in: SignIn) -> None:
    response = sign_in(ed).post(f"{REGISTER}add/", {"title": "Half a risk", "threat": "T99"})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {
        *("approach", "weakness", "source", "event", "consequence", "risk_source", "threat")
    }
    assert Risk.objects.count() == 0


def test_a_score_outside_the_scale_is_named_on_the_page(risk: Risk, ed: User, sign_in: SignIn) -> None:
    data = {"likelihood": "7", "consequence": "3", "rationale": "Known."}

    response = sign_in(ed).post(f"{ONE}positions/current/", data)

    assert response.status_code == 422
    assert response.context["form"].errors == {"likelihood": ["7 is outside the scale of RM-1.0: choose 1 to 5."]}
    assert RiskPosition.objects.count() == 0


def test_without_a_method_scoring_says_what_to_do(stridewell: Project, ed: User, sign_in: SignIn) -> None:
    services.identify_risk(organisation=stridewell.organisation, project=stridewell, by=ed, **SCENARIO)

    response = sign_in(ed).get(f"{ONE}positions/current/", follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "No risk method is in force: approve one before scoring."
    ]


def test_a_risk_walks_from_found_to_monitored_on_the_pages(
    risk: Risk, scrubber: Implementation, ed: User, ria: User, sign_in: SignIn
) -> None:
    client, decider = sign_in(ed), sign_in(ria)
    day = (timezone.now() + timedelta(days=9)).date().isoformat()
    walk: list[tuple[Client, str, dict[str, Any]]] = [
        (client, "positions/inherent/", {"likelihood": 4, "consequence": 4, "rationale": "No filter."}),
        (client, "positions/current/", {"likelihood": 3, "consequence": 3, "rationale": "Some filter."}),
        (client, "people/", {"severity": 2, "likelihood": 2, "rationale": "Few people."}),
        (client, "controls/add/", {"implementation": str(scrubber.pk)}),
        (client, "steps/evaluate/", {"reason": ""}),
        (client, "treatment/", {"option": "modify", "rationale": "Cheap."}),
        (client, "steps/plan/", {"reason": ""}),
        (client, "treatment/modify/actions/add/", {"title": "Scrub", "owner": str(ed.pk), "due_date": day}),
        (client, "steps/start/", {"reason": ""}),
        (client, "actions/TA-001/done/", {"reason": ""}),
        (decider, "actions/TA-001/verified/", {"reason": "Seen."}),
        (client, "acceptance/", {"kind": "residual", "reason": "Cheap enough."}),
        (decider, "acceptance/RA-001/", {"decision": "accept", "reason": "Fine."}),
        (client, "steps/monitor/", {"reason": ""}),
    ]
    for browser, page, data in walk:
        assert browser.get(f"{ONE}{page}").status_code == 200, page
        response = browser.post(f"{ONE}{page}", data)
        assert (response.status_code, getattr(response, "url", "")) == (302, ONE), page

    risk.refresh_from_db()
    assert (risk.state, risk.privacy_level) == ("monitored", "medium")
    assert client.get(ONE).context["warnings"] == []


def test_a_refusal_stands_on_the_page(risk: Risk, ed: User, sign_in: SignIn) -> None:
    response = sign_in(ed).post(f"{ONE}steps/close/", {"because": "merged", "reason": ""})
    refused = sign_in(ed).post(f"{ONE}acceptance/", {"kind": "residual", "reason": "Cheap."})

    assert response.context["form"].errors == {"reason": ["This field is required."]}
    assert refused.status_code == 422
    assert refused.context["form"].non_field_errors() == ["Assess the current position of R-001 before it is accepted."]


def test_a_method_is_drafted_edited_and_approved_on_the_pages(
    lumaro: Organisation, mara: User, ria: User, sign_in: SignIn
) -> None:
    base, author = "/organisations/lumaro/risks/method/", sign_in(mara)
    assert author.get(base).status_code == 200
    assert author.post(f"{base}draft/", {"label": "RM-1.0"}).url == f"{base}RM-1.0/"
    form = author.get(f"{base}RM-1.0/edit/").context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}

    wrong = author.post(f"{base}RM-1.0/edit/", {**data, "cell-5-5": "low"})
    assert wrong.context["form"].non_field_errors() == [
        "Matrix 5 × 5 (Almost certain × Severe) is low, lower than 5 × 4 (Almost certain × Major): "
        "a level never falls as either rises."
    ]
    gap = author.post(f"{base}RM-1.0/edit/", {**data, "cell-2-3": ""}).context["form"].errors
    assert gap == {"cell-2-3": ["Matrix 2 × 3 (Unlikely × Moderate) has no level: choose one."]}
    assert author.post(f"{base}RM-1.0/edit/", {**data, "band-high-review_days": "60"}).status_code == 302
    assert author.post(f"{base}draft/", {"label": "RM-S", "likelihoods": "3", "consequences": "4"}).status_code == 302
    small = RiskMethod.objects.get(label="RM-S")
    assert (len(small.matrix), {len(row) for row in small.matrix}) == (3, {4})
    assert author.post(f"{base}RM-1.0/approve/", {"reason": "Mine."}).status_code == 422
    assert sign_in(ria).post(f"{base}RM-1.0/approve/", {"reason": "Fits."}).status_code == 302

    method = RiskMethod.objects.in_force(lumaro)
    assert (method.label, method.band("high").review_days) == ("RM-1.0", 60)
    assert author.get(base).context["method"] == method


def test_the_organisation_sees_every_project_the_person_may_know(
    risk: Risk, korvo: Project, mara: User, sign_in: SignIn
) -> None:
    services.identify_risk(organisation=korvo.organisation, project=korvo, by=mara, **SCENARIO)
    services.identify_risk(organisation=korvo.organisation, by=mara, **SCENARIO)

    assert sorted(listed(sign_in(mara), "/organisations/lumaro/risks/")) == ["R-001", "R-002", "R-003"]
    assert sign_in(mara).get("/organisations/lumaro/risks/R-003/").status_code == 200
