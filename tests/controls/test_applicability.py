"""An edition is adopted at once; each exclusion has a reason; a project deviates with one."""

import pytest

from compliance.accounts.models import User
from compliance.ledger import ReasonMissing, Refused, StaleWrite, change
from compliance.projects.models import Organisation, Project
from controls.models import Applicability, Edition, Implementation, Statement
from controls.services.applicability import (
    CannotDecide,
    adopt_edition,
    binding_requirements,
    decide_applicability,
    decide_many,
    inherit_again,
    tidy_codes,
)
from tests.controls.editions import make_edition


def row(scope: Organisation | Project, ref: str = "K.1") -> Applicability:
    return (
        Applicability.objects.effective(scope).select_related("requirement", "implementation").get(requirement__ref=ref)
    )


def test_adopting_makes_one_row_per_control(statement: Statement, lumaro: Organisation) -> None:
    rows = Applicability.objects.effective(lumaro).order_by("requirement__position")

    assert [(one.reference, one.requirement.ref, one.included) for one in rows] == [
        ("SA-0001", "K.1", True),
        ("SA-0002", "K.2", True),
        ("SA-0003", "K.3", True),
    ]
    assert statement.reference == "SOA-001"


def test_adopting_93_rows_takes_the_queries_of_one_bulk(
    lumaro: Organisation, mara: User, django_assert_max_num_queries
) -> None:
    edition = make_edition("large", 93)

    with django_assert_max_num_queries(45):
        adopt_edition(scope=lumaro, edition=edition, by=mara)

    assert Applicability.history.count() == 93


def test_an_edition_is_adopted_once(statement: Statement, lumaro: Organisation, mara: User) -> None:
    with pytest.raises(Refused) as refused:
        adopt_edition(scope=lumaro, edition=statement.edition, by=mara)

    assert str(refused.value) == "Lumaro already has a statement of applicability for ANNEX."


def test_a_role_binds_its_own_rows_and_those_of_both(db: None, lumaro: Organisation) -> None:
    edition = make_edition("roles", 1, pii_role="controller")
    make_edition("others", 2)

    assert binding_requirements(edition, "controller").count() == 1
    assert binding_requirements(edition, "processor").count() == 0
    assert binding_requirements(edition, "both").count() == 1


def test_an_edition_without_controls_is_decided_by_what_is_assessed(db: None) -> None:
    assert binding_requirements(make_edition("law", 2, level="article")).count() == 2


def test_an_exclusion_needs_words(statement: Statement, lumaro: Organisation, mara: User) -> None:
    with pytest.raises(CannotDecide) as refused:
        decide_applicability(row=row(lumaro), by=mara, included=False, exclusion_reason=" ")

    assert str(refused.value) == "Say why K.1 does not apply: an exclusion without a reason is not valid."
    assert row(lumaro).included is True


def test_the_reason_of_an_exclusion_is_kept_in_the_history(
    statement: Statement, lumaro: Organisation, mara: User
) -> None:
    decided = decide_applicability(row=row(lumaro), by=mara, included=False, exclusion_reason="No own data centre")

    assert decided.history.first().history_change_reason == "No own data centre"


def test_including_again_needs_a_reason(statement: Statement, lumaro: Organisation, mara: User) -> None:
    excluded = decide_applicability(row=row(lumaro), by=mara, included=False, exclusion_reason="No own data centre")

    with pytest.raises(ReasonMissing):
        decide_applicability(row=excluded, by=mara, included=True)
    assert decide_applicability(row=row(lumaro), by=mara, included=True, reason="We rent a rack now").included is True


def test_codes_are_kept_in_one_order(statement: Statement, lumaro: Organisation, mara: User) -> None:
    decided = decide_applicability(row=row(lumaro), by=mara, codes=["BR", "RA"], justification="Backups save us")

    assert (decided.codes, decided.code_list) == ("RA BR", ["RA", "BR"])
    with pytest.raises(CannotDecide) as refused:
        tidy_codes("RA XX")
    assert str(refused.value) == "There is no reason XX: use RA, LR, CO, BR."


def test_a_project_inherits_until_it_decides_for_itself(
    statement: Statement, lumaro: Organisation, stridewell: Project, mara: User
) -> None:
    inherited = row(stridewell)
    assert inherited.project_id is None

    with pytest.raises(ReasonMissing):
        decide_applicability(row=inherited, scope=stridewell, by=mara, codes="LR")
    decide_applicability(row=inherited, scope=stridewell, by=mara, codes="LR", reason="Health data")

    own = row(stridewell)
    assert (own.project, own.codes, own.deviation_reason) == (stridewell, "LR", "Health data")
    assert row(lumaro).codes == ""
    assert Applicability.objects.effective(stridewell).count() == 3


def test_a_project_leaves_out_nothing_by_itself(statement: Statement, stridewell: Project, mara: User) -> None:
    with pytest.raises(CannotDecide) as refused:
        decide_applicability(
            row=row(stridewell), scope=stridewell, by=mara, included=False, exclusion_reason="No servers", reason="No"
        )

    lumaro = stridewell.organisation
    assert str(refused.value) == f"{lumaro} includes K.1: to leave it out, Stridewell asks for an exception."
    assert row(stridewell).project_id is None


def test_a_project_adds_what_its_organisation_excludes_and_keeps_it_out_until_that_includes_it(
    statement: Statement, lumaro: Organisation, stridewell: Project, mara: User
) -> None:
    decide_applicability(row=row(lumaro), by=mara, included=False, exclusion_reason="No servers")
    decide_applicability(row=row(stridewell), scope=stridewell, by=mara, included=True, reason="It has one")
    assert (row(stridewell).included, row(lumaro).included) == (True, False)

    decide_applicability(row=row(stridewell), by=mara, included=False, exclusion_reason="Gone", reason="Gone")
    assert row(stridewell).project == stridewell
    decide_applicability(row=row(lumaro), by=mara, included=True, reason="We rent a rack")

    assert (row(stridewell).project, row(stridewell).included) == (None, True)


def test_a_project_returns_to_the_organisations_decision(statement: Statement, stridewell: Project, mara: User) -> None:
    decide_applicability(row=row(stridewell), scope=stridewell, by=mara, codes="LR", reason="Health data")

    with pytest.raises(ReasonMissing):
        inherit_again(row=row(stridewell), by=mara, reason="")
    inherit_again(row=row(stridewell), by=mara, reason="Same everywhere")

    assert row(stridewell).project_id is None
    with pytest.raises(Refused):
        inherit_again(row=row(stridewell), by=mara, reason="Again")


def test_a_project_adds_what_its_organisation_has_not(
    statement: Statement, stridewell: Project, lumaro: Organisation, mara: User
) -> None:
    adopt_edition(scope=stridewell, edition=make_edition("masvs", 2), by=mara)

    assert Applicability.objects.effective(stridewell).count() == 5
    assert Applicability.objects.effective(lumaro).count() == 3


def test_several_rows_are_decided_for_one_reason_or_not_at_all(
    statement: Statement, lumaro: Organisation, mara: User, ria: User
) -> None:
    rows = list(Applicability.objects.effective(lumaro).select_related("requirement"))

    with pytest.raises(CannotDecide):
        decide_many(rows=rows, scope=lumaro, by=mara, included=False)
    fresh = list(Applicability.objects.effective(lumaro).select_related("requirement", "implementation"))
    decide_many(rows=fresh, scope=lumaro, by=mara, owner=ria, codes="BR", reason="Ria takes the annex")

    kept = Applicability.objects.effective(lumaro)
    assert {(one.owner, one.codes, one.included, one.version) for one in kept} == {(ria, "BR", True, 2)}
    reasons = set(Applicability.history.filter(history_type="~").values_list("history_change_reason", flat=True))
    assert reasons == {"Ria takes the annex"}


def test_a_stale_row_is_not_overwritten(statement: Statement, lumaro: Organisation, mara: User) -> None:
    stale = row(lumaro)
    decide_applicability(row=row(lumaro), by=mara, codes="BR")

    with pytest.raises(StaleWrite):
        decide_applicability(row=stale, by=mara, codes="LR")


def test_a_row_rests_on_what_runs_in_its_scope(
    statement: Statement,
    lumaro: Organisation,
    stridewell: Project,
    running: Implementation,
    project_backups: Implementation,
    mara: User,
) -> None:
    assert decide_applicability(row=row(lumaro), by=mara, implementation=running).implementation == running
    with pytest.raises(CannotDecide):
        decide_applicability(row=row(lumaro), by=mara, implementation=project_backups)


def test_another_organisations_rows_are_not_effective_here(
    statement: Statement, annex: Edition, elsewhere: Organisation, otto: User
) -> None:
    adopt_edition(scope=elsewhere, edition=annex, by=otto)

    assert Applicability.objects.effective(elsewhere).count() == 3
    assert {one.organisation for one in Applicability.objects.effective(elsewhere)} == {elsewhere}


def test_writing_past_the_service_leaves_history_too(statement: Statement, lumaro: Organisation, mara: User) -> None:
    with pytest.raises(NotImplementedError):
        Applicability.objects.effective(lumaro).update(included=False)
    with change(by=mara, reason="By hand"):
        row(lumaro).save()
    assert row(lumaro).history.count() == 2
