"""What the accounts room does when a person's own data is erased from the history."""

from typing import Any

from allauth.account.models import EmailAddress
from django.dispatch import receiver

from compliance.accounts.models import User
from compliance.ledger import Refused
from compliance.ledger.redaction import erasing


@receiver(erasing, sender=User, dispatch_uid="accounts.erasing")
def forget_addresses(sender: Any, key: Any, fields: list[str], **kwargs: Any) -> None:
    """An address somebody signs in with is not erased; of a closed account the sign-in's copy goes, too."""
    if "email" not in fields:
        return
    if User.objects.active().filter(pk=key).exists():
        raise Refused("The e-mail address is how this person signs in: close the account first, then erase it.")
    EmailAddress.objects.filter(user_id=key).delete()
