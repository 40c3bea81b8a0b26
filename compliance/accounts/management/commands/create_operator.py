"""The first account of an installation; there is no default one."""

import sys
from getpass import getpass
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from compliance.accounts import services
from compliance.accounts.models import User
from compliance.ledger import Refused


class Command(BaseCommand):
    """Makes an operator: somebody who may set up organisations."""

    help = "Make an account that may set up organisations. Asks for the password, or reads it from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        try:
            validate_email(email)
            known = User.objects.filter(email=email.lower()).exists()
            password = None if known else self._password(email, name)
            user = services.create_operator(email=email, name=name, password=password, by="create_operator")
        except ValidationError as wrong:
            raise CommandError(" ".join(wrong.messages)) from wrong
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{user.email} may set up organisations. Sign in and begin.")

    def _password(self, email: str, name: str) -> str:
        if sys.stdin.isatty():
            password = getpass("Password (at least 12 characters): ")
            if getpass("Again: ") != password:
                raise CommandError("The two passwords differ: nothing was made.")
        else:
            password = sys.stdin.readline().rstrip("\n")
        password_validation.validate_password(password, User(email=email, name=name))
        return password
