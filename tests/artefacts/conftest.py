"""A release on its way, and files handed in for it."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from compliance.accounts.models import User
from compliance.artefacts.models import Artefact, UploadToken
from compliance.artefacts.services import About, receive_artefacts
from compliance.files.uploads import Upload
from compliance.jobs.running import run_all
from compliance.projects.models import Project, Release
from compliance.projects.services import plan_release
from tests.stage import staged

Hand = Callable[..., list[Artefact]]


@staged
def next_release(stridewell: Project, mara: User) -> Release:
    """Version 4.2.0 of Stridewell, planned by Mara."""
    return plan_release(project=stridewell, name="4.2.0", by=mara, change_class="major")


@pytest.fixture
def hand_in(next_release: Release, ed: User) -> Hand:
    """Hand files in for a release, and have them read unless `read=False`; answers the rows as they then are."""

    def given(
        *files: tuple[str, bytes | str],
        release: Release | None = None,
        by: User | UploadToken = ed,
        read: bool = True,
        **about: Any,
    ) -> list[Artefact]:
        data = [Upload(io.BytesIO(one.encode() if isinstance(one, str) else one), name) for name, one in files]
        taken = receive_artefacts(release=release or next_release, uploads=data, by=by, about=About(**about))
        if read:
            run_all()
        return [Artefact.objects.select_related("release", "project").get(pk=one.artefact.pk) for one in taken]

    return given
