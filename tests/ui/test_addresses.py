"""Addresses of lists are those of the URL patterns."""

from uuid import uuid4

import pytest
from django.urls import NoReverseMatch, reverse

from compliance.ui.addresses import filled


@pytest.mark.parametrize("reference", ["R-0012", "A.5.1", "two words", "50%", "ä"])
def test_a_filled_address_is_the_reversed_one(reference):
    assert filled("risks:risk", "stridewell", reference) == reverse("risks:risk", args=["stridewell", reference])


def test_a_uuid_has_its_own_place():
    key = uuid4()
    assert filled("projects:member", "lumaro", key) == reverse("projects:member", args=["lumaro", key])


def test_what_fits_no_pattern_is_refused():
    with pytest.raises(NoReverseMatch):
        filled("risks:risk", "stridewell", "a/b")
