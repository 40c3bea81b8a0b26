"""What a migration writes while the triggers are away does not pass."""

import pytest
from django.apps import apps
from django.core.management import CommandError
from django.db import connection
from django.db.models.signals import post_migrate

from compliance.ledger import guard
from compliance.projects.models import Project


def migrated() -> None:
    """What `migrate` does at its end."""
    config = apps.get_app_config("ledger")
    post_migrate.send(sender=config, app_config=config, verbosity=0, interactive=False, using="default")


@pytest.fixture
def remade(stridewell: Project) -> Project:
    """The triggers are away, as after a table remake of SQLite."""
    connection.check_constraints()
    guard.lift()
    return stridewell


def test_the_triggers_come_back_when_nothing_was_written(remade):
    migrated()

    assert guard.missing() == []


def test_a_row_written_meanwhile_is_named_and_nothing_serves(remade):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projects_project SET summary = 'written by a migration'")

    with pytest.raises(CommandError, match="P-001: differs from its newest history row"):
        migrated()

    assert [error.id for error in guard.check_installed(None, ["default"])] == ["ledger.E001"]
    with pytest.raises(CommandError):
        migrated()
