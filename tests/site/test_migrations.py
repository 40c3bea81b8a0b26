"""The migrations lead from nothing to what the models say. The other tests skip them, which saves a minute each."""

import pytest

from tests.site.conftest import Site


@pytest.mark.timeout(600)
def test_an_empty_database_became_what_the_models_want(site: Site) -> None:
    site.manage("migrate", "--check")
    site.manage("makemigrations", "--check", "--dry-run")
    site.manage("check", "--database", "default", "--fail-level", "WARNING")
