"""What the ledger says no with."""

from typing import Any


class Refused(ValueError):
    """A decision that may not be taken; the message is for the person and says what to change."""


class ReasonMissing(Refused):
    """A decision without its reason."""


class Forged(RuntimeError):
    """Code tried to name an author or a moment of its own for a history row."""


class StaleWrite(RuntimeError):
    """Somebody else changed the record after this copy of it was read; nothing was written."""

    def __init__(self, mine: Any) -> None:
        self.mine = mine
        super().__init__(f"{mine._meta.label} {mine.pk} was changed by somebody else since it was read")

    @property
    def theirs(self) -> Any:
        """The record as it stands now, or None when it is gone."""
        return type(self.mine)._base_manager.filter(pk=self.mine.pk).first()
