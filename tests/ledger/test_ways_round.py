"""The 43 ways round django-simple-history and those opened since: tracked, refused, or covered by a named rule.

On both engines.

"Refused" means: by Assay's own code before anything is written, or by the database at COMMIT. A rule is a test
of its own, named here, and it must exist.
"""

import importlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F
from guardian.shortcuts import assign_perm
from simple_history.signals import pre_create_historical_record
from simple_history.utils import bulk_create_with_history, bulk_update_with_history, update_change_reason

from compliance.accounts.models import User
from compliance.ledger import Forged, OutsideChange, StaleWrite, change
from compliance.projects.models import AppTarget, Project, ProjectPermission
from compliance.projects.services import add_app_target, create_project
from tests.ledger.ways import RULES, WAYS, plain, rule, way


def mirrored(row: Any) -> bool:
    """Whether the newest history row says what the live row says."""
    last = type(row).history.filter(id=row.pk).order_by("-history_id").first()
    live = plain(type(row)).filter(pk=row.pk).first()
    if live is None:
        return last is not None and last.history_type == "-"
    names = [field.attname for field in type(row).history.model.tracked_fields]
    return last is not None and all(getattr(last, name) == getattr(live, name) for name in names)


@way("save()", "tracked")
def _(target: AppTarget, by: User) -> AppTarget:
    with change(by=by):
        target.store = "x"
        target.save()
    return target


@way("save(update_fields)", "tracked")
def _(target: AppTarget, by: User) -> AppTarget:
    with change(by=by):
        target.store = "x"
        target.save(update_fields=["store"])
    return target


@way("an F() expression in save()", "refused")
def _(target: AppTarget, by: User) -> AppTarget:
    with change(by=by):
        target.store = F("app_id")
        target.save()
    return target


@way("QuerySet.update", "refused")
def _(target: AppTarget, by: User) -> None:
    plain(AppTarget).filter(pk=target.pk).update(store="x")


@way("QuerySet.aupdate", "refused")
def _(target: AppTarget, by: User) -> None:
    from asgiref.sync import async_to_sync

    async_to_sync(AppTarget.objects.filter(pk=target.pk).aupdate)(store="x")


@way("bulk_create", "refused")
def _(target: AppTarget, by: User) -> None:
    plain(AppTarget).bulk_create([AppTarget(project=target.project, platform="ios", store="s", app_id="b")])


@way("bulk_create(update_conflicts)", "refused")
def _(target: AppTarget, by: User) -> None:
    target.store = "x"
    plain(AppTarget).bulk_create([target], update_conflicts=True, unique_fields=["id"], update_fields=["store"])


@way("bulk_update", "refused")
def _(target: AppTarget, by: User) -> None:
    target.store = "x"
    plain(AppTarget).bulk_update([target], ["store"])


@way("simple-history's bulk_create_with_history", "refused")
def _(target: AppTarget, by: User) -> None:
    with change(by=by):
        bulk_create_with_history([AppTarget(project=target.project, platform="ios", store="s", app_id="b")], AppTarget)


@way("simple-history's bulk_update_with_history on a stale copy", "refused")
def _(target: AppTarget, by: User) -> None:
    stale = AppTarget.objects.get(pk=target.pk)
    with change(by=by):
        target.minimum_os = "17"
        target.save()
    stale.store = "x"
    bulk_update_with_history([stale], AppTarget, ["store"])


@way("save(update_fields) from a stale copy", "refused")
def _(target: AppTarget, by: User) -> None:
    stale = AppTarget.objects.get(pk=target.pk)
    with change(by=by):
        target.minimum_os = "17"
        target.save()
        stale.store = "x"
        stale.save(update_fields=["store"])


@way("QuerySet.delete", "tracked")
def _(target: AppTarget, by: User) -> AppTarget:
    with change(by=by):
        AppTarget.objects.filter(pk=target.pk).delete()
    return target


@way("QuerySet._raw_delete", "refused")
def _(target: AppTarget, by: User) -> None:
    plain(AppTarget).filter(pk=target.pk)._raw_delete("default")


@way("a cascade in Python", "tracked")
def _(target: AppTarget, by: User) -> ProjectPermission:
    project = create_project(organisation=target.project.organisation, name="Short-lived", by=by)
    with change(by=by):
        assign_perm("view_project", by, project)
    permission = ProjectPermission.objects.filter(content_object=project).first()
    with change(by=by):
        project.delete()
    return permission


rule("a cascade in the database (DB_CASCADE)", f"{RULES}:test_no_key_writes_without_save")
rule("DB_SET_NULL", f"{RULES}:test_no_key_writes_without_save")
rule("SET_NULL by Django's collector", f"{RULES}:test_no_key_writes_without_save")


@way("raw SQL UPDATE", "refused")
def _(target: AppTarget, by: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projects_apptarget SET store = 'x'")


@way("raw SQL DELETE", "refused")
def _(target: AppTarget, by: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM projects_apptarget")


@way("save_base(raw=True)", "refused")
def _(target: AppTarget, by: User) -> None:
    target.store = "x"
    target.save_base(raw=True)


@way("loaddata", "refused")
def _(target: AppTarget, by: User, folder: Path) -> None:
    fields = {"project": str(target.project_id), "platform": "ios", "store": "loaded", "app_id": "x", "version": 9}
    file = folder / "rows.json"
    file.write_text(json.dumps([{"model": "projects.apptarget", "pk": str(target.pk), "fields": fields}]))
    call_command("loaddata", str(file), verbosity=0)


@way("save_without_historical_record()", "refused")
def _(target: AppTarget, by: User) -> None:
    with change(by=by):
        target.store = "x"
        target.save_without_historical_record()


@way("skip_history_when_saving", "refused")
def _(target: AppTarget, by: User) -> None:
    target.skip_history_when_saving = False
    with change(by=by):
        target.store = "x"
        target.save()


@way("SIMPLE_HISTORY_ENABLED = False", "refused")
def _(target: AppTarget, by: User, settings: Any) -> None:
    settings.SIMPLE_HISTORY_ENABLED = False
    with change(by=by):
        target.store = "x"
        target.save()


@way("muted signals", "refused")
def _(target: AppTarget, by: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models.signals.post_save, "receivers", [])
    models.signals.post_save.sender_receivers_cache.clear()
    with change(by=by):
        target.store = "x"
        target.save()


for link in (
    "a many-to-many the history does not know",
    "a many-to-many the history knows, forward",
    "a many-to-many's through table in bulk",
    "a many-to-many when the other end is deleted",
):
    rule(link, f"{RULES}:test_links_are_models_with_their_own_history")
rule("a multi-table child", f"{RULES}:test_no_model_inherits_across_tables")


rule("a proxy model's save()", f"{RULES}:test_no_model_is_a_proxy_of_a_tracked_one")
rule(
    "a file's bytes replaced under the same name",
    "tests.files.test_store:test_a_file_changed_in_the_store_is_never_read",
)


@way("a failure between the row and its history", "refused")
def _(target: AppTarget, by: User) -> None:
    def fail(**kwargs: Any) -> None:
        raise DatabaseError("disk full")

    pre_create_historical_record.connect(fail)
    try:
        with change(by=by):
            target.store = "x"
            target.save()
    finally:
        pre_create_historical_record.disconnect(fail)


@way("a history row's UPDATE", "refused")
def _(target: AppTarget, by: User) -> None:
    AppTarget.history.filter(id=target.pk).update(store="forged")


@way("a history row's DELETE", "refused")
def _(target: AppTarget, by: User) -> None:
    AppTarget.history.filter(id=target.pk).delete()


@way("manage.py clean_old_history", "refused")
def _(target: AppTarget, by: User) -> None:
    call_command("clean_old_history", "--auto", "--days", "-1", verbosity=0)


@way("manage.py clean_duplicate_history", "refused")
def _(target: AppTarget, by: User) -> None:
    with change(by=by):
        plain_history = AppTarget.history.model.objects.filter(id=target.pk).first()
        assert plain_history is not None
        target.save()
    AppTarget.history.filter(id=target.pk).first().delete()


rule("deleting the person who acted", "tests.ledger.test_ways_round:test_the_author_outlives_the_account")


@way("a forged date", "refused")
def _(target: AppTarget, by: User) -> None:
    target._history_date = datetime(2001, 6, 1, tzinfo=UTC)
    with change(by=by):
        target.store = "x"
        target.save()


@way("a forged author", "refused")
def _(target: AppTarget, by: User) -> None:
    target._history_user = by
    with change(by="somebody"):
        target.store = "x"
        target.save()


@way("update_change_reason()", "refused")
def _(target: AppTarget, by: User) -> None:
    update_change_reason(target, "a better reason")


rule("a many-to-many added from its reverse side", f"{RULES}:test_links_are_models_with_their_own_history")
rule("a many-to-many cleared from its reverse side", f"{RULES}:test_links_are_models_with_their_own_history")


importlib.import_module("tests.ledger.ways_since")  # adds its ways to the list


@pytest.fixture
def target(stridewell: Project, mara: User) -> AppTarget:
    return add_app_target(
        project=stridewell, by=mara, platform="ios", store="App Store", app_id="com.lumaro.stridewell"
    )


REFUSALS = (DatabaseError, FieldError, Forged, NotImplementedError, OutsideChange, StaleWrite, ValueError)


def outcome_of(attempt: Callable[..., Any], **parts: Any) -> str:
    wanted = attempt.__code__.co_varnames[: attempt.__code__.co_argcount]
    try:
        with transaction.atomic():
            row = attempt(**{name: parts[name] for name in wanted})
            connection.check_constraints()
            outcome = "tracked" if row is not None and mirrored(row) else "passed without a trace"
            transaction.set_rollback(True)
    except REFUSALS:
        return "refused"
    return outcome


@pytest.mark.parametrize(
    ("name", "outcome", "attempt"), [way for way in WAYS if way[2]], ids=[w[0] for w in WAYS if w[2]]
)
def test_no_way_round_the_history(
    name: str,
    outcome: str,
    attempt: Callable[..., Any],
    target: AppTarget,
    mara: User,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    parts = {"settings": settings, "monkeypatch": monkeypatch, "folder": tmp_path}
    found = outcome_of(attempt, target=target, by=mara, **parts)

    assert found == outcome


@pytest.mark.parametrize(("name", "test"), [(w[0], w[1][5:]) for w in WAYS if w[2] is None])
def test_what_a_rule_covers_has_its_test(name: str, test: str) -> None:
    module, _, function = test.partition(":")

    assert callable(getattr(importlib.import_module(module), function))


def test_there_are_43_ways_and_those_opened_since() -> None:
    assert len(WAYS) == 43 + 7


def test_the_author_outlives_the_account(target: AppTarget, mara: User) -> None:
    author = AppTarget.history.model._meta.get_field("history_user_id")

    assert (author.is_relation, AppTarget.history.get(id=target.pk).history_user_id) == (False, f"user:{mara.pk}")
