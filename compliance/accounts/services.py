"""Making the accounts nobody invites: operators of the installation."""

from allauth.account.models import EmailAddress

from compliance.accounts.models import User
from compliance.ledger import Refused, change


class AlreadyOperator(Refused):
    """There is nothing to do."""


def create_operator(*, email: str, name: str, password: str | None, by: User | str) -> User:
    """Make an account that may set up organisations, or let an existing one do so. Raises AlreadyOperator."""
    email = email.strip().lower()
    with change(by=by, reason="Operator of this installation"):
        user = User.objects.filter(email=email).first()
        if user is not None and user.is_operator and user.is_active:
            raise AlreadyOperator(f"{email} is an operator already.")
        if user is None:
            user = User.objects.create_user(email, password, name=name or email)
            EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        user.is_operator = user.is_active = True
        user.save()
    return user


def update_profile(*, user: User, name: str, job_title: str) -> User:
    """Change what others read about a person; the person does it themselves."""
    with change(by=user, reason="Own profile"):
        user.name, user.job_title = name, job_title
        user.save()
    return user
