"""Assay: an ISMS and PIMS for organisations that build mobile apps."""

from compliance.celery import app as celery_app

__all__ = ["celery_app"]
