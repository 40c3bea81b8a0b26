"""Releases with what was observed of their builds, for tests of findings."""

from datetime import date
from typing import Any

from compliance.artefacts.formats.observation import Observation, Observed
from compliance.projects.models import Project
from dataflows.builds import Seen
from dataflows.comparing import keep
from dataflows.drift import Build
from dataflows.models import Drift
from dataflows.services.drift import Outcome
from tests.dataflows.drift_objects import may, seen
from tests.objects import MATRIX

TRACKER = seen("component", "com.adspire.Install", "provider", by="")
PLACE = may("ACCESS_FINE_LOCATION")


def apk(*facts: Observation, form: str = "apk") -> Observed:
    systems = (seen("os", "min", "28"), seen("os", "target", "36"))
    return Observed(form, "android", "com.lumaro.stridewell", "4.2.0", (*systems, *facts))


def compared(release: Any, *facts: Observation, on: date | None = None, **more: Any) -> Outcome:
    """Keep what an Android build with these facts and a component list shows."""
    parts = Observed("cyclonedx", observations=(seen("sdk", "pkg:maven/okhttp", "4", listed="true"),))
    return keep(release, {"android": Seen(Build((apk(*facts), parts), "android"))}, on=on, **more)


def marks(release: Any) -> dict[str, str]:
    """State by mark."""
    return {row.mark: row.state for row in Drift.objects.filter(release=release).order_by("mark")}


def finding(project: Project) -> Drift:
    """A finding of its own release, for pages."""
    from compliance.projects.services import plan_release
    from tests.objects import word

    release = plan_release(project=project, name=word(), by=MATRIX)
    compared(release, PLACE)
    return Drift.objects.get(release=release, rule="DR01")
