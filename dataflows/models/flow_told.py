"""What stores and consent screens have to be told about a flow, beside what it is (ePrivacy Art. 5(3))."""

from django.db import models

from dataflows.told_vocabulary import store_purposes


class ToldFlow(models.Model):
    """The columns of a flow that store labels and consents follow from."""

    reads_device = models.BooleanField(
        "reads or writes on the device",
        default=False,
        help_text="Identifiers, advertising ID, storage of an SDK: ePrivacy Art. 5(3) asks for consent.",
    )
    strictly_necessary = models.BooleanField(
        "strictly necessary for what the person asked for",
        default=False,
        help_text="Only then may it be read or written without consent.",
    )
    consent = models.ForeignKey(
        "dataflows.Consent", on_delete=models.PROTECT, related_name="flows", null=True, blank=True
    )
    store_purposes = models.JSONField("purposes in the words of the stores", default=list, blank=True)
    can_decline = models.BooleanField("people can use the app without it", default=False)
    user_initiated = models.BooleanField(
        "handed on because the person asked for it",
        default=False,
        help_text="Or expects it, told right there: Google does not call that sharing.",
    )
    unlinked = models.BooleanField(
        "not linked to the person",
        default=False,
        help_text="Identifiers are taken off before it is collected, and nobody joins them again.",
    )
    tracks = models.BooleanField(
        "used to track across apps or websites of others",
        default=False,
        help_text="Joined with data of others for advertising or its measurement, or given to a data broker.",
    )

    class Meta:
        abstract = True

    @property
    def store_purpose_labels(self) -> list[str]:
        """Its purposes in the words of the stores."""
        return [row.label for row in store_purposes().values() if row.code in self.store_purposes]
