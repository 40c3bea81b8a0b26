"""The migrations lead from nothing to what the models say. The other tests skip them, which saves a minute each."""

from typing import Any

import pytest
from django.db.migrations.loader import MigrationLoader

from tests.site.conftest import Site


@pytest.mark.timeout(600)
def test_an_empty_database_became_what_the_models_want(site: Site) -> None:
    site.manage("migrate", "--check")
    site.manage("makemigrations", "--check", "--dry-run")
    site.manage("check", "--database", "default", "--fail-level", "WARNING")


@pytest.mark.once
def test_the_large_rooms_come_last(settings: Any) -> None:
    """Each step of a first `migrate` draws every model there is by then: with them first it took half as long again."""
    settings.MIGRATION_MODULES = {}  # the other tests go without
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    order = list(dict.fromkeys(app for leaf in graph.leaf_nodes() for app, _ in graph.forwards_plan(leaf)))
    assert order[-3:] == ["controls", "dataflows", "risks"]
