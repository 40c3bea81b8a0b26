"""The sealer and the time-stamps as Celery tasks."""

import logging

from celery import shared_task
from django.conf import settings

from compliance.ledger import sealing

log = logging.getLogger(__name__)


@shared_task(name="compliance.ledger.seal", ignore_result=True)
def seal() -> None:
    """Seal what was committed since the last time; a no-op in a worker without the key."""
    try:
        sealing.seal()
    except sealing.OtherKey as error:
        log.error("Nothing is sealed: %s", error)
    except sealing.NoKey:
        return


@shared_task(name="compliance.ledger.timestamp", ignore_result=True)
def timestamp() -> None:
    """Have the newest checkpoint time-stamped when it is time; an authority that is down is asked again."""
    if not settings.ASSAY_TIMESTAMP_URL:
        return
    from compliance.ledger.timestamp import NoTimestamp, stamp_newest  # heavy, and rarely wanted

    try:
        stamp_newest()
    except NoTimestamp as error:
        log.warning("The newest checkpoint has no time-stamp yet: %s", error)
