"""Component lists handed in on a release: what they name is recorded, and follows a newer list."""

from datetime import date
from io import BytesIO
from typing import Any

from compliance.accounts.models import User
from compliance.artefacts.formats.report import Component as Part
from compliance.artefacts.services import receive_artefacts
from compliance.files.uploads import Upload
from compliance.jobs.models import Job
from compliance.jobs.running import run_all
from compliance.ledger import change
from compliance.projects.models import Project
from compliance.projects.services import plan_release
from risks.models import Component
from risks.services.component_list import follow_lists
from risks.services.report import list_components
from tests.artefacts.samples import CYCLONEDX, written


def test_a_list_handed_in_on_a_release_says_what_it_is_made_of(stridewell: Project, ed: User) -> None:
    release = plan_release(project=stridewell, name="5.2.0", by=ed, change_class="minor", planned_date=date(2026, 5, 1))
    with change(by=ed, reason="By hand"):
        list_components(release, [Part("ours", "1")])

    def handed_in(document: Any) -> list[str]:
        receive_artefacts(release=release, uploads=[Upload(BytesIO(written(document)), "sbom.json")], by=ed)
        while Job.objects.filter(state=Job.State.QUEUED).exists():
            run_all()
        return [str(one) for one in Component.objects.filter(release=release)]

    first = handed_in(CYCLONEDX)
    assert (first, Component.objects.get(name="bytes").purl) == (
        ["bytes 1.0", "com.example/netcore 4.9.0", "ours 1"],
        "pkg:maven/bytes@1.0",
    )
    assert follow_lists(release) == (0, 0)
    other = {**CYCLONEDX, "components": [{"type": "library", "name": "maps", "version": "2"}]}
    assert handed_in(other) == ["maps 2", "ours 1"]
    assert Component.history.get(name="maps").history_change_reason == "As AF-002 names them"
