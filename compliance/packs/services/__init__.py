"""Asking for packs."""

from compliance.packs.services.pack import PackRefused, job_of, request_pack

__all__ = ["PackRefused", "job_of", "request_pack"]
