"""Rules over all models: what the commit guard cannot see is held here."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from compliance.ledger.models import TrackedBase

OURS = ("compliance.", "controls", "risks", "dataflows")
OF_THE_LEDGER = {
    "ledger.Stream": "append-only by trigger",
    "ledger.Counter": "gives out numbers; the rows that took them are tracked",
    "ledger.Entry": "append-only by trigger: it is the history",
    "ledger.FieldList": "append-only by trigger",
    "ledger.Leaf": "append-only by trigger",
    "ledger.LogLeaf": "append-only by trigger",
    "ledger.Checkpoint": "append-only by trigger",
    "ledger.Timestamp": "append-only by trigger",
}


def our_models() -> Iterator[Any]:
    for model in apps.get_models():
        if model.__module__.startswith(OURS) and not hasattr(model, "instance_type"):
            yield model


def test_every_model_is_tracked_or_exempt_with_a_reason() -> None:
    untracked = {model._meta.label: model for model in our_models() if not issubclass(model, TrackedBase)}

    assert {label for label, model in untracked.items() if not getattr(model, "ledger_exempt", "")} == set(
        OF_THE_LEDGER
    )


def test_no_tracked_model_says_it_is_exempt() -> None:
    assert [model for model in our_models() if issubclass(model, TrackedBase) and hasattr(model, "ledger_exempt")] == []


def test_links_are_models_with_their_own_history() -> None:
    bare = [f"{model._meta.label}.{link.name}" for model in our_models() for link in model._meta.local_many_to_many]

    assert bare == []


def test_no_key_writes_without_save() -> None:
    allowed = {models.CASCADE, models.PROTECT, models.RESTRICT}
    writing = [
        f"{model._meta.label}.{key.name}"
        for model in our_models()
        for key in model._meta.local_fields
        if key.is_relation and key.remote_field.on_delete not in allowed
    ]

    assert writing == []


def test_no_model_inherits_across_tables() -> None:
    assert [model._meta.label for model in our_models() if model._meta.parents and not model._meta.proxy] == []


def test_no_tracked_field_is_left_out_without_reason() -> None:
    allowed = {"accounts.User": {"password", "last_login"}}
    left_out = {}
    for model in our_models():
        if issubclass(model, TrackedBase):
            kept = {field.attname for field in model.history.model.tracked_fields}
            if missing := {field.attname for field in model._meta.concrete_fields} - kept:
                left_out[model._meta.label] = missing

    assert left_out == allowed


def test_every_tracked_queryset_refuses_a_bare_update() -> None:
    loose = [
        model._meta.label
        for model in our_models()
        if issubclass(model, TrackedBase) and model._default_manager.all().update.__func__ is models.QuerySet.update
    ]

    assert loose == []


def test_no_model_is_a_proxy_of_a_tracked_one() -> None:
    proxies = [model._meta.label for model in our_models() if model._meta.proxy and issubclass(model, TrackedBase)]

    assert proxies == []
