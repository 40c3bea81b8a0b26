"""Store labels and privacy manifests against flows: DR05 to DR08, DR22, and the table of four."""

from collections.abc import Iterator
from dataclasses import dataclass

from compliance.artefacts.formats import app_store_privacy, play_questions
from dataflows.drift.build import Build, by_key
from dataflows.drift.finding import Hit, listed, places
from dataflows.drift.papers import APPLE, PLAY, Flow, Label, Papers, Party
from dataflows.drift.parties import party_of, shipped
from dataflows.drift.registered import rule
from dataflows.told_vocabulary import StoreCategory, store_categories

NAMES = {PLAY: play_questions.TYPES, APPLE: app_store_privacy.CATEGORIES}
STORES = {PLAY: "Google Play", APPLE: "the App Store"}


def collects(flow: Flow, store: str) -> bool:
    """Whether a store calls it collected: for Apple not what is kept no longer than a request takes."""
    return flow.goes_out and not (flow.ephemeral and store == APPLE)


def called(store: str, code: str) -> str:
    """What a store calls a type, in its words and by its code."""
    name = NAMES[store].get(code, "")
    return f"“{name}” ({code})" if name else code


def types_of(category: str, store: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a store calls a category, and what may stand in its place."""
    known = store_categories().get(category)
    if known is None:
        return (), ()
    return (known.play, known.play_or) if store == PLAY else (known.app_store, known.app_store_or)


@rule("DR05")
def label_too_narrow(build: Build, papers: Papers) -> Iterator[Hit]:
    for label in papers.labels:
        missing: dict[str, list[Flow]] = {}
        for flow in papers.flows:
            for category in sorted(flow.categories) if collects(flow, label.store) else ():
                wanted, instead = types_of(category, label.store)
                if wanted and not _named(label, (*wanted, *instead)):
                    missing.setdefault(wanted[0], []).append(flow)
        for code, flows in missing.items():
            names = [flow.reference for flow in flows]
            yield Hit(
                key=f"{label.store}:{code}",
                app_does=f"By {listed(names)} it sends {called(label.store, code)}.",
                papers_say=f"The label of {STORES[label.store]} does not name it as collected.",
                about={"flow": tuple(names), "type": (code,), "store": (label.store,)},
            )


def _named(label: Label, codes: tuple[str, ...]) -> bool:
    """Whether a label names one of these types; what is only shared leaves the device, too."""
    return any(code in label.types and (label.types[code].collected or label.types[code].shared) for code in codes)


@rule("DR06")
def label_too_wide(build: Build, papers: Papers) -> Iterator[Hit]:
    for label in papers.labels:
        carried = {
            code
            for flow in papers.flows
            if flow.goes_out
            for category in flow.categories
            for part in types_of(category, label.store)
            for code in part
        }
        for code in sorted(set(label.types) - carried):
            yield Hit(
                key=f"{label.store}:{code}",
                app_does=f"The label of {STORES[label.store]} tells people of {called(label.store, code)}.",
                papers_say="No approved flow that leaves the device carries it.",
                about={"type": (code,), "store": (label.store,)},
            )


def _flows_hidden(label: Label, papers: Papers) -> Iterator[Hit]:
    for flow in papers.flows:
        others = [one for one in papers.receivers(flow) if not one.acts_for_us]
        if not others or not flow.goes_out or flow.user_initiated:
            continue
        for category in sorted(flow.categories):
            wanted, instead = types_of(category, PLAY)
            codes = [code for code in (*wanted, *instead) if code in label.types]
            if codes and not any(label.types[code].shared for code in codes):
                yield Hit(
                    key=f"{flow.reference}:{codes[0]}",
                    app_does=f"{flow.reference} hands {called(PLAY, codes[0])} to {listed(p.name for p in others)}, "
                    f"which acts for itself ({listed([one.role.replace('_', ' ') for one in others])}).",
                    papers_say="The label of Google Play says that it is not shared.",
                    about={"flow": (flow.reference,), "type": (codes[0],), "party": _references(others)},
                )


@rule("DR07")
def label_hides_sharing(build: Build, papers: Papers) -> Iterator[Hit]:
    for label in (one for one in papers.labels if one.store == PLAY):
        yield from _flows_hidden(label, papers)
        yield from _sdks_hidden(label, build, papers)


def _sdks_hidden(label: Label, build: Build, papers: Papers) -> Iterator[Hit]:
    """SDKs of companies that act for themselves and that no approved flow reaches: they take it all the same."""
    for sdk, signs in shipped(build, papers).items():
        party = party_of(sdk, papers)
        if party is None or party.acts_for_us or papers.reaching(party):
            continue
        codes = [code for category in sdk.categories for code in types_of(category, PLAY)[0]]
        if codes and not any(code in label.types and label.types[code].shared for code in codes):
            hidden = listed(called(PLAY, code) for code in codes)
            yield Hit(
                key=f"{party.reference}:{codes[0]}",
                app_does=f"It carries {sdk.name}, and {party.name} acts for itself ({party.role.replace('_', ' ')}).",
                papers_say=f"The label of Google Play does not say that {hidden} is shared.",
                where=places(signs),
                about={"type": (codes[0],), "party": (party.reference,), "sdk": (sdk.code,), "store": (PLAY,)},
            )


def _references(parties: list[Party]) -> tuple[str, ...]:
    return tuple(one.reference for one in parties)


@dataclass(frozen=True)
class Row:
    """One category in four sources; None where the source is not in hand."""

    category: str
    manifest: bool | None
    flows: bool
    app_store: bool | None
    play: bool | None

    @property
    def agrees(self) -> bool:
        return len({one for one in (self.manifest, self.flows, self.app_store, self.play) if one is not None}) == 1


def table_of_four(build: Build, papers: Papers) -> list[Row]:
    """Every category any source names: privacy manifests, flows, both labels.

    Several of our categories may be one type of a store: what a flow of another category explains is no row of its own.
    """
    apple = next((one for one in papers.labels if one.store == APPLE), None)
    play = next((one for one in papers.labels if one.store == PLAY), None)
    said = build.keys("collected")
    has_manifest = bool(build.formats & {"ipa", "privacy_manifest"})
    out = {code for flow in papers.flows if flow.goes_out for code in flow.categories}
    explained: set[tuple[str, str]] = {one for code in out for one in _types(code)}
    rows = []
    for code, known in store_categories().items():
        mine = _types(code) if code in out else _types(code) - explained
        manifest, app_store, google = (_of(mine, one) for one in ("manifest", APPLE, PLAY))
        row = Row(
            code,
            bool(said & set(manifest)) if has_manifest and known.apple_manifest else None,
            code in out,
            _says(apple, app_store) if known.app_store else None,
            _says(play, google) if known.play else None,
        )
        if any((row.manifest, row.flows, row.app_store, row.play)):
            rows.append(row)
            explained |= mine
    return rows


def _types(category: str) -> set[tuple[str, str]]:
    """What the three sources call a category, each type with its source."""
    known = store_categories().get(category)
    if known is None:
        return set()
    named = (("manifest", known.apple_manifest), (APPLE, known.app_store), (PLAY, known.play))
    return {(source, code) for source, codes in named for code in codes}


def _of(types: set[tuple[str, str]], source: str) -> tuple[str, ...]:
    return tuple(sorted(code for where, code in types if where == source))


def _says(label: Label | None, codes: tuple[str, ...]) -> bool | None:
    return _named(label, codes) if label else None


@rule("DR08")
def manifest_differs(build: Build, papers: Papers) -> Iterator[Hit]:
    signs = build.of("collected")
    apple = [flow for flow in papers.flows if collects(flow, APPLE)]
    carried = {code for flow in apple for category in flow.categories for code in _manifest_types(category)}
    undeclared = [one for one in signs if one.key not in carried]
    for key, mine in sorted(by_key(undeclared).items()):
        who = listed([f"the manifest of {one.by}" if one.by else "its own manifest" for one in mine])
        yield Hit(
            key=f"manifest:{key}",
            app_does=f"It says it collects {key}, by {who}.",
            papers_say="No approved flow that leaves the device carries it.",
            where=places(mine),
            about={"type": (key,), "sdk": tuple(one.by for one in mine if one.by)},
        )
    yield from _unsaid(build, apple)


def _unsaid(build: Build, flows: list[Flow]) -> Iterator[Hit]:
    """Categories flows carry that no manifest names; only told when all manifests are in hand."""
    if not build.is_whole_ios:
        return
    said = build.keys("collected")
    for flow in flows:
        missing = [c for c in sorted(flow.categories) if _manifest_types(c) and not said & set(_manifest_types(c))]
        if missing:
            yield Hit(
                key=f"flow:{flow.reference}",
                app_does=f"None of its privacy manifests names {listed(missing)}.",
                papers_say=f"{flow.reference} carries it off the device.",
                about={"flow": (flow.reference,), "categories": tuple(missing)},
            )


def _manifest_types(category: str) -> tuple[str, ...]:
    known: StoreCategory | None = store_categories().get(category)
    return known.apple_manifest if known else ()


@rule("DR22")
def accounts_without_deletion(build: Build, papers: Papers) -> Iterator[Hit]:
    for label in papers.labels:
        if label.accounts and not label.deletion_url:
            yield Hit(
                key=label.store,
                app_does="People can make accounts in it.",
                papers_say=f"The label of {STORES[label.store]} names no address where they can delete them.",
                about={"store": (label.store,)},
            )
