"""The pages of frameworks, requirements and crosswalks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.accounts.models import User
from compliance.ledger import StaleWrite
from compliance.projects.drawn import forget
from compliance.projects.models import Organisation
from controls.models import Edition, LicensedText, Requirement
from controls.services.catalogue import TextTooLong, framework_tree, write_licensed_text
from controls.services.catalogue_load import Loaded, load_catalogues
from controls.services.crosswalk import compare, counterparts

SignIn = Callable[[User], Client]


def found(words: str) -> list[str]:
    return [f"{row.edition.key} {row.ref}" for row in Requirement.objects.matching(words).select_related("edition")]


def url(name: str, *args: str) -> str:
    return reverse(f"controls:{name}", args=["lumaro", *args])


def test_the_counts_are_shown_on_the_pages(
    shipped: list[Loaded], lumaro: Organisation, mara: User, sign_in: SignIn
) -> None:
    page = sign_in(mara).get(url("frameworks"))
    listing = page.context["listing"]
    assert {edition.key: (edition.requirement_count, edition.assessable_count) for edition in listing.page} == {
        "iso27001-2022": (138, 132),
        "iso27701-2025": (112, 108),
        "iso27701-2019": (226, 107),
        "gdpr": (302, 165),
        "masvs-2": (24, 24),
        "app-stores": (75, 75),
        "iso27017-2015": (7, 7),
        "iso27018-2019": (28, 25),
        "hipaa-security": (68, 68),
        "pci-dss-4": (75, 63),
    }
    assert (page.context["requirements"], page.context["pairs"]) == (1055, 1618)
    crosswalks = sign_in(mara).get(url("crosswalk")).context["crosswalks"]
    assert (len(crosswalks), sum(crosswalk.pair_count for crosswalk in crosswalks)) == (21, 1618)
    tree = sign_in(mara).get(url("framework", "iso27701-2025")).context["parts"]
    assert {part.name: sum(len(branch.leaves) for branch in part.branches) for part in tree} == {
        "Clauses 4 to 10": 34,
        "Table A.1": 31,
        "Table A.2": 18,
        "Table A.3": 29,
    }
    assert_search_finds_what_people_type()
    assert_a_crosswalk_of_two_shipped_editions()
    assert_every_kind_of_number_has_an_address(sign_in(mara))


def assert_search_finds_what_people_type() -> None:
    assert found("A.8.24") == ["iso27001-2022 A.8.24"]
    assert found("27001 8.24") == ["iso27001-2022 A.8.24"]
    assert found("Art. 30")[:3] == ["gdpr Art.30", "gdpr Art.30(1)(a)", "gdpr Art.30(1)(b)"]
    assert {"iso27001-2022 A.8.24", "gdpr Art.32(1)(a)", "masvs-2 MASVS-CRYPTO-1"} <= set(found("encryption"))
    assert found("masvs storage") == ["masvs-2 MASVS-STORAGE-1", "masvs-2 MASVS-STORAGE-2"]
    assert found("no such words anywhere") == []


def assert_a_crosswalk_of_two_shipped_editions() -> None:
    one, other = (Edition.objects.get(key=key) for key in ("iso27701-2019", "iso27701-2025"))
    both = compare(one, other)
    assert (len(both.pairs), both.one_matched, both.one_assessable, both.other_matched) == (95, 81, 107, 78)
    assert sorted(pair.mapping.disputed for pair in both.pairs)[-3:] == [False, True, True]


def assert_every_kind_of_number_has_an_address(client: Client) -> None:
    for edition, ref in [
        ("iso27001-2022", "6.1.2 a"),
        ("gdpr", "Art.30(1)(g)"),
        ("hipaa-security", "164.308(a)(1)(ii)(A)"),
        ("app-stores", "google:user-data/no-sale"),
    ]:
        assert client.get(url("requirement", edition, ref)).context["requirement"].ref == ref


def test_a_framework_reads_as_it_is_printed(small: Path) -> None:
    tree = framework_tree(Edition.objects.get(key="safe-1"))
    assert [part.name for part in tree] == ["Controls"]
    assert [
        (branch.group.ref, [(leaf.requirement.ref, leaf.depth, leaf.pairs) for leaf in branch.leaves])
        for branch in tree[0].branches
    ] == [("S.1", [("S.1", 0, 0), ("S.1.1", 1, 1), ("S.1.10", 1, 0)]), ("S.2", [("S.2.1", 0, 1)])]


def test_a_framework_is_filtered_by_words_and_to_what_is_assessed(
    small: Path, lumaro: Organisation, mara: User, sign_in: SignIn
) -> None:
    def shown(query: str) -> list[str]:
        parts = sign_in(mara).get(url("framework", "safe-1") + query).context["parts"]
        return [leaf.requirement.ref for part in parts for branch in part.branches for leaf in branch.leaves]

    assert shown("") == ["S.1", "S.1.1", "S.1.10", "S.2.1"]
    assert shown("?assessable=on") == ["S.1.1", "S.1.10", "S.2.1"]
    assert shown("?q=encrypt") == ["S.1.10", "S.2.1"]
    assert shown("?q=cryptography+storage") == ["S.1.10"]
    assert shown("?q=nothing") == []


def test_htmx_receives_the_tree_alone(small: Path, lumaro: Organisation, mara: User, sign_in: SignIn) -> None:
    answer = sign_in(mara).get(url("framework", "safe-1"), {"q": "secrets"}, headers={"HX-Target": "tree"})
    assert answer.content.decode().strip().startswith('<div id="tree">')


def test_a_requirement_shows_its_pairs_from_its_own_side(small: Path) -> None:
    def seen(ref: str) -> list[tuple[str, str, str]]:
        pairs = counterparts(Requirement.objects.get(ref=ref))
        return [(edition.key, one.relation_words, one.requirement.ref) for edition, ones in pairs for one in ones]

    assert seen("S.1.1") == [("law-1", "is part of", "Art.3")]
    assert seen("Art.3") == [("safe-1", "includes", "S.1.1"), ("safe-1", "overlaps with", "S.2.1")]
    assert seen("Art.30") == []


def test_a_crosswalk_lists_pairs_and_what_has_none(small: Path) -> None:
    both = compare(Edition.objects.get(key="law-1"), Edition.objects.get(key="safe-1"))
    assert [(pair.here.ref, pair.relation_words, pair.requirement.ref) for pair in both.pairs] == [
        ("Art.3", "includes", "S.1.1"),
        ("Art.3", "overlaps with", "S.2.1"),
    ]
    assert [row.ref for row in both.one_alone] == ["Art.30"]
    assert [row.ref for row in both.other_alone] == ["S.1.10"]
    assert (both.one_matched, both.other_matched) == (1, 2)


def test_a_crosswalk_with_itself_is_refused_beside_the_field(
    small: Path, lumaro: Organisation, mara: User, sign_in: SignIn
) -> None:
    page = sign_in(mara).get(url("crosswalk"), {"one": "law-1", "other": "law-1"})
    assert (page.status_code, page.context["form"].errors) == (422, {"other": ["Choose two different editions."]})


def test_a_crosswalk_waits_for_the_second_edition(
    small: Path, lumaro: Organisation, mara: User, sign_in: SignIn
) -> None:
    page = sign_in(mara).get(url("crosswalk"), {"one": "law-1"})
    assert (page.status_code, page.context["form"]["one"].value(), "comparison" in page.context) == (
        200,
        "law-1",
        False,
    )


def test_search_covers_all_frameworks_and_filters(
    small: Path, lumaro: Organisation, mara: User, sign_in: SignIn
) -> None:
    def shown(**query: str) -> list[str]:
        return [row.ref for row in sign_in(mara).get(url("requirements"), query).context["listing"].page]

    assert shown() == ["S.1", "S.1.1", "S.1.10", "S.2.1", "Art.3", "Art.30"]
    assert shown(q="art.3") == ["Art.3", "Art.30"]
    assert shown(q="s.1.1") == ["S.1.1", "S.1.10"]
    assert shown(edition="law-1") == ["Art.3", "Art.30"]
    assert shown(assessable="false") == ["S.1"]


def test_a_search_of_many_words_or_odd_ones_is_answered(
    small: Path, lumaro: Organisation, mara: User, sign_in: SignIn
) -> None:
    for words in (" ".join("a" * 2000), "a\x00", "%_'\"", "   "):
        assert sign_in(mara).get(url("requirements"), {"q": words}).status_code == 200
        assert sign_in(mara).get(url("framework", "law-1"), {"q": words}).status_code == 200


def test_licensed_text_stays_in_its_organisation(
    small: Path, lumaro: Organisation, mara: User, otto: User, sign_in: SignIn
) -> None:
    client = sign_in(mara)
    sent = {"text": "Bought words.", "obtained_from": "Order 7", "version": "0"}
    answer = client.post(url("licensed_text", "law-1", "Art.3"), sent)
    assert (answer.status_code, answer.url) == (302, url("requirement", "law-1", "Art.3"))
    kept = LicensedText.objects.get()
    assert (kept.organisation, kept.requirement.ref, kept.text, kept.version) == (lumaro, "Art.3", "Bought words.", 1)
    assert kept.history.get().history_user_id == f"user:{mara.pk}"
    assert client.get(url("requirement", "law-1", "Art.3")).context["licensed"] == kept
    elsewhere = reverse("controls:requirement", args=["elsewhere", "law-1", "Art.3"])
    assert sign_in(otto).get(elsewhere).context["licensed"] is None


def test_a_lost_update_of_licensed_text_shows_both(
    small: Path, lumaro: Organisation, mara: User, sign_in: SignIn
) -> None:
    article = Requirement.objects.get(ref="Art.3")
    write_licensed_text(organisation=lumaro, requirement=article, text="First.", by=mara, version=0)
    with pytest.raises(StaleWrite):
        write_licensed_text(organisation=lumaro, requirement=article, text="Second.", by=mara, version=0)
    answer = sign_in(mara).post(url("licensed_text", "law-1", "Art.3"), {"text": "Third.", "version": "0"})
    assert (answer.status_code, LicensedText.objects.get().text) == (409, "First.")


def test_licensed_text_that_is_too_long_is_refused(
    small: Path, lumaro: Organisation, mara: User, sign_in: SignIn
) -> None:
    article = Requirement.objects.get(ref="Art.3")
    with pytest.raises(TextTooLong, match="20,000 are kept per requirement"):
        write_licensed_text(organisation=lumaro, requirement=article, text="x" * 20_001, by=mara)
    sent = {"text": "x" * 20_001, "version": "0"}
    assert sign_in(mara).post(url("licensed_text", "law-1", "Art.3"), sent).status_code == 422
    assert LicensedText.objects.count() == 0


PAGES = [
    ("frameworks", ()),
    ("requirements", ()),
    ("crosswalk", ()),
    ("framework", ("law-1",)),
    ("requirement", ("law-1", "Art.3")),
    ("licensed_text", ("law-1", "Art.3")),
]


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_an_outsider_finds_nothing_and_a_reader_cannot_write(
    small: Path, lumaro: Organisation, ria: User, otto: User, sign_in: SignIn, name: str, args: tuple[str, ...]
) -> None:
    assert sign_in(otto).get(url(name, *args)).status_code == 404
    assert sign_in(ria).get(url(name, *args)).status_code == (403 if name == "licensed_text" else 200)


@pytest.mark.parametrize(
    "address",
    [
        ("framework", "none"),
        ("requirement", "law-1", "Art.99"),
        ("requirement", "none", "Art.3"),
        ("licensed_text", "law-1", "S.1"),
        ("requirement", "law-1", "Art.3\x00"),
    ],
)
def test_what_is_not_in_the_catalogue_is_not_found(
    small: Path, lumaro: Organisation, mara: User, sign_in: SignIn, address: tuple[str, ...]
) -> None:
    assert sign_in(mara).get(url(*address)).status_code == 404


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_more_rows_make_no_more_queries(
    folder: Path, lumaro: Organisation, mara: User, sign_in: SignIn, queries: Any, name: str, args: tuple[str, ...]
) -> None:
    client, pairs = sign_in(mara), folder / "mappings" / "safe-law.yaml"
    whole = pairs.read_text()
    pairs.write_text("".join(whole.replace("pairs: 2", "pairs: 1").splitlines(keepends=True)[:-1]))
    load_catalogues(folder=folder)
    client.get(url(name, *args))  # what later requests know already
    forget()
    with CaptureQueriesContext(connection) as few:
        client.get(url(name, *args))
    more = "- {from: 'safe-1:S.1.10', to: 'law-1:Art.3', relation: equal}\n"
    pairs.write_text(whole.replace("pairs: 2", "pairs: 3") + more)
    load_catalogues(folder=folder)
    forget()
    with queries(len(few)):
        client.get(url(name, *args))
