"""Mailing the checkpoints to those the organisation names, so that somebody outside can hold them against us."""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change, sealing
from compliance.ledger.models import Checkpoint
from compliance.projects.models import CheckpointMailing, Organisation

EVERY = timedelta(days=7)
log = logging.getLogger(__name__)


def ask_for_checkpoint(*, organisation: Organisation, about: str, by: User | str) -> CheckpointMailing | None:
    """Have a checkpoint mailed because of something (a pack was issued); None when nobody is named to get it."""
    if not organisation.checkpoint_addresses:
        return None
    with change(by=by):
        return CheckpointMailing.objects.create(organisation=organisation, occasion="issue", about=about[:120])


def mail_checkpoints(*, at: datetime | None = None) -> int:
    """Send what was asked for, and what is due this week; return how many organisations got a checkpoint mailed.

    A mail server that does not answer is asked again at the next call.
    """
    moment, sent = at or timezone.now(), 0
    for organisation in Organisation.objects.exclude(checkpoint_addresses=""):
        mailings = CheckpointMailing.objects.in_organisation(organisation)
        waiting = list(mailings.filter(sent_at__isnull=True))
        if not waiting and mailings.filter(sent_at__gt=moment - EVERY).exists():
            continue
        sent += _mail(organisation, waiting, moment)
    return sent


def _mail(organisation: Organisation, waiting: list[CheckpointMailing], moment: datetime) -> bool:
    if (last := _sealed()) is None:
        return False
    to = organisation.checkpoint_addresses.split()
    mailings = waiting or [CheckpointMailing(organisation=organisation, occasion="weekly")]
    context = {"organisation": organisation, "checkpoint": last, "mailings": mailings}
    text = render_to_string("projects/mail/checkpoint.txt", context)
    try:
        EmailMessage(f"Ledger checkpoint {last.size} of {organisation.name}"[:150], text, to=to).send()
    except (OSError, SMTPException) as error:
        log.warning("The checkpoint for %s is not mailed yet: %s", organisation.slug, error)
        return False
    with change(by="checkpoints"):
        for mailing in mailings:
            mailing.size, mailing.sent_at, mailing.recipients = last.size, moment, len(to)
            mailing.save()
    return True


def _sealed() -> Checkpoint | None:
    """The newest checkpoint; where the key is, everything is sealed first."""
    try:
        sealing.seal()
    except sealing.NoKey as error:
        log.info("Mailing the newest checkpoint there is: %s", error)
    return sealing.newest()
