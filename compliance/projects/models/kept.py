"""What a box of an overview showed last."""

from django.db import models


class KeptBox(models.Model):
    """A drawn box, for whom its key says, and the entries of the history that were there when it was drawn."""

    ledger_exempt = "Drawn again whenever it is missing: it says nothing the tracked rows do not say."

    key = models.UUIDField(primary_key=True)
    text = models.TextField()
    mark = models.BigIntegerField("an entry below which nothing can still be added")
    entries = models.PositiveIntegerField("entries above the mark")
    until = models.DateTimeField("what it shows depends on the time from here on")

    def __str__(self) -> str:
        return str(self.key)
