"""What happens by itself: records are asked to be looked at again when something happened to what they rest on."""

import logging

from celery import shared_task

from compliance.projects.models import Organisation
from risks.services.trigger import evaluate

logger = logging.getLogger(__name__)


@shared_task(name="risks.evaluate_triggers", ignore_result=True)
def evaluate_triggers() -> None:
    """Ask in every organisation; running it more often asks no more often, and one that fails stops no other."""
    for organisation in Organisation.objects.order_by("pk"):
        try:
            evaluate(organisation)
        except Exception:
            logger.exception("Triggers of %s", organisation.slug)
