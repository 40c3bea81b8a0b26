"""SARIF 2.1.0: results of static analysis, each with its rule, its place and what the tool itself takes it for."""

import json
import re
from collections import Counter
from collections.abc import Iterator

from compliance.artefacts.formats.json_file import MAX_ITEMS, Node
from compliance.artefacts.formats.report import Found, Report, severity, severity_of_score, told_apart

LEFT_OUT = {"pass": "passed", "notApplicable": "not applicable"}
WEAKNESS = re.compile(r"cwe[-/ ]?0*(\d{1,5})", re.IGNORECASE)


def is_this(root: Node) -> bool:
    """Whether a document is a SARIF log."""
    if not root.is_object() or not root["runs"].is_list():
        return False
    return root.has("version") or "sarif" in str(root.value.get("$schema", ""))


def read(root: Node) -> Report:
    """The results of all runs. Raises Unreadable."""
    version = root["version"].text()
    if not version.startswith("2."):
        root["version"].refuse(f"SARIF {version or 'without a version'} is not read: write version 2.1.0")
    left, tools = Counter[str](), []
    found: list[Found] = []
    for run in root["runs"].items():
        driver = run["tool"]["driver"]
        name = driver["name"].text(80) or "an unnamed tool"
        tools.append(f"{name} {driver['semanticVersion'].text(40) or driver['version'].text(40)}".strip())
        found += told_apart(name, _results(run, left))
        if len(found) > MAX_ITEMS:
            run.refuse(f"the file holds more than {MAX_ITEMS:,} results: split it")
    remarks = tuple(f"{count:,} left out: {why}." for why, count in sorted(left.items()))
    return Report("sarif", ", ".join(dict.fromkeys(tools))[:200], found=_once(found), remarks=remarks)


def _once(found: list[Found]) -> tuple[Found, ...]:
    """Two runs of one tool may report the same; it is one."""
    return tuple({one.fingerprint: one for one in found}.values())


def _results(run: Node, left: Counter[str]) -> Iterator[Found]:
    rules = _rules(run)
    for result in run["results"].items():
        kind, baseline = result["kind"].text(20), result["baselineState"].text(20)
        if kind in LEFT_OUT or baseline == "absent":
            left[LEFT_OUT.get(kind, "no longer there")] += 1
            continue
        yield _found(result, _rule(result, rules, run))


def _rules(run: Node) -> dict[str, Node]:
    tool = run["tool"]
    known: dict[str, Node] = {}
    for part in (tool["driver"], *tool["extensions"].items()):
        for rule in part["rules"].items():
            known.setdefault(rule["id"].text(200), rule)
    return known


def _rule(result: Node, rules: dict[str, Node], run: Node) -> Node:
    name = result["ruleId"].text(200) or result["rule"]["id"].text(200)
    for known in (name, name.rpartition("/")[0]):
        if known in rules:
            return rules[known]
    number = result["ruleIndex"].index()
    listed = run["tool"]["driver"]["rules"].items()
    return listed[number] if 0 <= number < len(listed) else Node(None, result.path)


def _found(result: Node, rule: Node) -> Found:
    name = result["ruleId"].text(200) or result["rule"]["id"].text(200) or rule["id"].text(200) or "a rule without name"
    said = _message(result["message"], rule)
    uri, place, snippet = _place(result)
    described = rule["shortDescription"]["text"].text(300) or rule["name"].text(200)
    suppression = _suppression(result)
    return Found(
        kind="code",
        title=(described or said or name).partition("\n")[0][:200],
        detail="\n\n".join(part for part in (said, rule["fullDescription"]["text"].text(4000)) if part)[:8000],
        identifiers=(name,),
        severity=_severity(result, rule),
        location=place,
        tags=_tags(rule, result),
        said="false_positive" if suppression else "",
        remark=suppression,
        marks=(name, *(_prints(result) or (uri, said[:500], snippet[:500]))),
        place=result.path,
    )


def _message(message: Node, rule: Node) -> str:
    text = message["text"].text(4000) or message["markdown"].text(4000)
    key = message["id"].text(100)
    if not text and key:
        text = rule["messageStrings"][key]["text"].text(4000)
    for n, argument in enumerate(message["arguments"].items()[:20]):
        text = text.replace(f"{{{n}}}", argument.text(300))
    return text


def _place(result: Node) -> tuple[str, str, str]:
    """The file, the file with its line, and the text there; of the first location."""
    location = next(iter(result["locations"].items()), Node(None, result.path))
    physical = location["physicalLocation"]
    uri = physical["artifactLocation"]["uri"].text(300)
    line = physical["region"]["startLine"].index()
    logical = next(iter(location["logicalLocations"].items()), Node(None, result.path))
    named = logical["fullyQualifiedName"].text(300) or logical["name"].text(300)
    where = f"{uri}:{line}" if uri and line > 0 else uri or named
    return uri or named, where, physical["region"]["snippet"]["text"].text(500)


def _severity(result: Node, rule: Node) -> str:
    scores = (one["properties"]["security-severity"] for one in (result, rule) if one["properties"].is_object())
    for score in scores:
        if score and (found := severity_of_score(score.number_or_none())):
            return found
    level = result["level"].text(20) or rule["defaultConfiguration"]["level"].text(20) or "warning"
    return severity(level) or "medium"


def _tags(rule: Node, result: Node) -> tuple[str, ...]:
    words: list[str] = []
    for one in (rule, result):
        if one["properties"].is_object():
            words += [tag for name in ("tags", "cwe") for tag in one["properties"][name].texts(120)]
        words += [taxon["id"].text(60) for taxon in one["taxa"].items()[:20]]
    words += [f"cwe-{node['target']['id'].text(20)}" for node in rule["relationships"].items()[:20]]
    found = (WEAKNESS.search(word) for word in words)
    return tuple(dict.fromkeys(f"CWE-{match.group(1)}" for match in found if match))


def _prints(result: Node) -> tuple[str, ...]:
    for name in ("fingerprints", "partialFingerprints"):
        node = result[name]
        if node.is_object() and node.value:
            return (json.dumps(node.value, sort_keys=True)[:2000],)
    return ()


def _suppression(result: Node) -> str:
    for one in result["suppressions"].items():
        if one["status"].text(20) not in {"rejected", "underReview"}:
            return one["justification"].text(500) or "The report marks it as suppressed."
    return ""
