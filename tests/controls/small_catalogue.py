"""Two editions and a crosswalk small enough to read."""

from pathlib import Path

SAFE = """\
format: 1
framework: {key: safe, name: SAFE, publisher: Lumaro, subject: Safety of small apps}
edition: {key: safe-1, label: SAFE 1, title: Safety of small apps, published: '2026', status: current, position: 1}
licence: Our own words.
rule: Every control is assessed.
defaults: {source: team, provenance: team, confidence: high, wording: own}
counts:
- {rows: 4}
- {group: S.1, assessable: true, rows: 2}
groups:
- {ref: S.1, title: Storage, part: Controls}
- {ref: S.2, title: Network, part: Controls}
requirements:
- {ref: S.1, title: Storage in general, group: S.1, level: objective, assessable: false}
- {ref: S.1.1, title: Keep secrets in the key store, group: S.1, level: control, assessable: true, parent: S.1}
- {ref: S.1.10, title: Encrypt what is kept, group: S.1, level: control, assessable: true, parent: S.1}
- {ref: S.2.1, title: Encrypt what is sent, group: S.2, level: rule, assessable: true, source: hearsay, confidence: low}
"""
LAW = """\
format: 1
framework: {key: law, name: LAW, publisher: Lumaro, subject: A law}
edition: {key: law-1, label: LAW 1, title: A law of our own, published: 2026-01, status: current, position: 2}
licence: Public.
rule: Every article is assessed.
defaults: {source: the law, provenance: published, confidence: high, wording: official}
counts: [{level: article, rows: 2}]
groups: [{ref: Ch.I, title: Duties}]
requirements:
- {ref: Art.3, title: Secrecy, group: Ch.I, level: article, assessable: true}
- {ref: Art.30, title: Records, group: Ch.I, level: article, assessable: true}
"""
PAIRS = """\
format: 1
crosswalk: {key: safe--law, title: SAFE to LAW}
licence: Public.
defaults: {source: team, provenance: team, confidence: medium}
pairs: 2
mappings:
- {from: 'safe-1:S.1.1', to: 'law-1:Art.3', relation: subset}
- {from: 'safe-1:S.2.1', to: 'law-1:Art.3', relation: intersects, disputed: true, confidence: low}
"""


def write_small_catalogue(folder: Path) -> Path:
    """The files of both editions and their crosswalk, in `folder`."""
    (folder / "mappings").mkdir()
    (folder / "safe.yaml").write_text(SAFE)
    (folder / "law.yaml").write_text(LAW)
    (folder / "mappings" / "safe-law.yaml").write_text(PAIRS)
    return folder
