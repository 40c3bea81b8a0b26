"""What artefacts mean here: the app is compared with its papers again."""

from compliance.artefacts.registry import observer
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Release
from dataflows.comparing import compare_release
from dataflows.watching import ask_for_comparison


@observer("drift", order=40)
def compare_again(release: Release) -> object:
    """By a job of its own, so that it is seen when a release was compared last; in a simulation at once."""
    return ask_for_comparison(release) if simulated_moment() is None else compare_release(release)
