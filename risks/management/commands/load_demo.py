"""`manage.py load_demo`: the demonstration organisation, through the services, over a simulated year."""

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from compliance.ledger import origin
from compliance.projects.models import Organisation
from controls.models import Edition
from risks.demo import (
    artefacts,
    assessments,
    assets,
    audits,
    cases,
    controls,
    drift,
    flows,
    governance,
    parties,
    people,
    processing,
    projects,
    proof,
    registers,
    releases,
    reminders_ran,
    requests,
    requirements,
    risks,
    threats,
    told,
)
from risks.demo.stage import Stage


class Command(BaseCommand):
    help = "Make the demonstration organisation with a simulated year of history. A second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not Edition.objects.exists():
            raise CommandError("There are no frameworks yet: run `manage.py load_catalogues` first.")
        password = demo_password()
        if Organisation.objects.filter(demonstration=True).exists():
            self.stderr.write("The demonstration is there already; nothing changed.")
        else:
            scenes = load(password)
            self.stderr.write(f"Played {scenes} scenes of a year.")
        self.stdout.write(f"  Sign in as      {people.SIGN_IN}")
        self.stdout.write(f"  Password        {password}")


@transaction.atomic
def load(password: str) -> int:
    """Play the year in one transaction; return the number of scenes."""
    stage = Stage(opened_at=timezone.now())
    with origin("command"):
        people.make_people(stage, password)
        for script in (
            people,
            projects,
            controls,
            governance,
            parties,
            processing,
            flows,
            risks,
            proof,
            registers,
            releases,
            artefacts,
            audits,
            assets,
            threats,
            requirements,
            reminders_ran,
            cases,
            requests,
            told,
            drift,
            assessments,
        ):
            script.set_scenes(stage)
        return stage.play()


def demo_password() -> str:
    """The password of the demonstration's people: given by the environment, or made once and kept for its owner."""
    if given := os.environ.get("ASSAY_DEMO_PASSWORD"):
        return given
    path = Path(settings.DATA_DIR) / "keys" / "demo-password"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secrets.token_urlsafe(12))
    return path.read_text()
