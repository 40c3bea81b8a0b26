"""People."""

from compliance.accounts.models.sign_in import SignIn, SignInQuerySet
from compliance.accounts.models.user import User, UserManager

__all__ = ["SignIn", "SignInQuerySet", "User", "UserManager"]
