"""Letting go of the bytes of a file on a lawful request; what remains is their hash."""

from django.db.models import Model

from compliance.files.models import Blob, place


def forget(blob: Blob, *, but: Model) -> bool:
    """Remove the bytes unless a record besides `but` cites them; whether they went."""
    for relation in Blob._meta.related_objects:
        model = relation.related_model
        rows = model._base_manager.filter(**{relation.field.name: blob})  # type: ignore[union-attr]
        if isinstance(but, model):  # type: ignore[arg-type]
            rows = rows.exclude(pk=but.pk)
        if rows.exists():
            return False
    for sealed in (True, False):
        place(blob.sha256, sealed=sealed).unlink(missing_ok=True)
    return True
