"""What a box of an overview showed last."""

from django.db import models


class KeptBox(models.Model):
    """A drawn box, for whom its key says, and how many entries there were about what it was drawn from."""

    ledger_exempt = "Drawn again whenever it is missing: it says nothing the tracked rows do not say."

    key = models.UUIDField(primary_key=True)
    text = models.TextField()
    mark = models.BigIntegerField("an entry below which nothing can still be added")
    entries = models.PositiveIntegerField("entries above the mark")
    models_read = models.TextField("models it was drawn from", default="*")
    until = models.DateTimeField("what it shows depends on the time from here on")

    def __str__(self) -> str:
        return str(self.key)
