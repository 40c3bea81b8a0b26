"""Nobody audits the controls that treat a risk they own, or protect a record of processing they own."""

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.models import Organisation, Project
from controls.models import Implementation
from controls.services.control import answer_requirements
from controls.services.independence import conflicts_of
from dataflows.models import ActivityMeasure, ProcessingActivity
from risks.models import Risk
from risks.services.treatment import link_control
from tests.controls.auditing import planned
from tests.controls.editions import make_edition


def test_owning_what_rests_on_a_control_is_a_conflict(
    risk: Risk, scrubber: Implementation, stridewell: Project, lumaro: Organisation, ed: User, ria: User, mara: User
) -> None:
    edition = make_edition("annex")
    answer_requirements(control=scrubber.control, requirements=[edition.requirements.get(ref="K.1")], by=mara)
    audit = planned(lumaro, edition, mara)
    assert conflicts_of(user=ria, audit=audit) == []

    link_control(risk=risk, implementation=scrubber, by=ed)
    with change(by="tests"):
        record = ProcessingActivity(organisation=lumaro, project=stridewell, name="Coaching", owner=ria)
        record.save()
        ActivityMeasure(organisation=lumaro, project=stridewell, activity=record, implementation=scrubber).save()

    assert set(conflicts_of(user=ria, audit=audit)) == {f"owns {record}", f"owns {risk}"}
    assert f"changed {risk} within the year" in conflicts_of(user=ed, audit=audit)
