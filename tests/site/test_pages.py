"""Every page of the demonstration in a real browser: reachable, accessible, tidy on a phone and in the dark.

With ASSAY_SCREENSHOTS=FOLDER the pages are kept as pictures, to be looked at.
"""

import os
from collections import deque
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from tests.site.conftest import Site

pytestmark = pytest.mark.timeout(900)
AXE = settings.NODE_MODULES / "axe-core" / "axe.min.js"
VIOLATIONS = """window.broken = [];
addEventListener('securitypolicyviolation', (e) => broken.push(e.violatedDirective + ' ' + e.blockedURI));"""
PAGES = {
    "organisation": "/organisations/lumaro-apps/",
    "project": "/projects/stridewell/",
    "applicability": "/organisations/lumaro-apps/applicability/",
    "controls": "/organisations/lumaro-apps/controls/",
    "evidence": "/organisations/lumaro-apps/evidence/",
    "risks": "/organisations/lumaro-apps/risks/",
    "flows": "/projects/stridewell/flows/",
    "map": "/projects/stridewell/flows/map/",
    "processing": "/organisations/lumaro-apps/processing/",
    "timeline": "/projects/stridewell/timeline/",
    "frameworks": "/organisations/lumaro-apps/frameworks/",
    "packs": "/projects/stridewell/packs/",
    "people": "/organisations/lumaro-apps/people/",
    "tasks": "/organisations/lumaro-apps/tasks/",
    "registers": "/organisations/lumaro-apps/registers/",
    "endpoints": "/organisations/lumaro-apps/registers/endpoints/",
}
OF_A_RELEASE = "/projects/stridewell/releases/REL-007/"
MORE = {
    "release": OF_A_RELEASE,
    "artefacts": f"{OF_A_RELEASE}artefacts/",
    "artefact": f"{OF_A_RELEASE}artefacts/AF-011/",
    "tokens": "/projects/stridewell/upload-tokens/",
    "drift": f"{OF_A_RELEASE}drift/",
    "drift-table": f"{OF_A_RELEASE}drift/table/",
    "finding": "/projects/stridewell/drift/DRF-0003/",
    "requirements": f"{OF_A_RELEASE}requirements/",
    "proposals": "/projects/stridewell/assessments/ASM-001/proposals/",
    "rules": "/organisations/lumaro-apps/assessments/rules/",
    "mail": "/tasks/mail/",
}
LOOKS = {
    "desktop": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"},
    "dark-phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
}


@pytest.mark.once  # the database decides what a page says, not how it looks
@pytest.mark.parametrize("look", ["desktop", "dark", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_and_reads_well(name: str, look: str, site: Site, browser: Browser, officer: Any) -> None:
    _looks_and_reads_well(name, PAGES[name], look, site, browser, officer)


@pytest.mark.once
@pytest.mark.parametrize("name", MORE)
def test_a_page_looks_and_reads_well_where_it_is_hardest(name: str, site: Site, browser: Browser, officer: Any) -> None:
    _looks_and_reads_well(name, MORE[name], "dark-phone", site, browser, officer)


def _looks_and_reads_well(name: str, url: str, look: str, site: Site, browser: Browser, officer: Any) -> None:
    context = browser.new_context(storage_state=officer, **LOOKS[look])
    context.add_init_script(VIOLATIONS)
    context.add_init_script(path=AXE)  # a script tag would break the very policy that is tested
    page = context.new_page()
    answer = page.goto(f"{site.address}{url}")
    if folder := os.environ.get("ASSAY_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}-{look}.png", full_page=look == "desktop")
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    faults = [f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"][:3]]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    broken = page.evaluate("broken")
    context.close()

    assert (answer and answer.status, faults, broken) == (200, [], [])
    assert wide <= 0, f"{wide} px wider than the window"


def test_no_link_is_dead(site: Site, browser: Browser, officer: Any) -> None:
    context = browser.new_context(storage_state=officer)
    waiting, seen, dead = deque([*PAGES.values()]), set(PAGES.values()), []
    kinds: dict[str, int] = {}
    while waiting and len(seen) < 600:
        path = waiting.popleft()
        answer = context.request.get(f"{site.address}{path}", max_redirects=3)
        if answer.status != 200:
            dead.append((path, answer.status))
        if "html" not in answer.headers.get("content-type", ""):
            continue
        for link in _links(answer.text(), path):
            kind = _kind(link)
            # A few of each kind of page: a hundred risks are drawn by one template.
            if link not in seen and kinds.get(kind, 0) < 3:
                kinds[kind] = kinds.get(kind, 0) + 1
                seen.add(link)
                waiting.append(link)
    context.close()

    assert dead == []
    assert len(seen) > 100


def _links(text: str, base: str) -> set[str]:
    found = set()
    for part in text.split('href="')[1:]:
        target = urlsplit(urljoin(base, part.split('"')[0].replace("&amp;", "&")))
        if (
            not target.netloc
            and target.scheme in {"", "http"}
            and not target.path.startswith(("/static/", "/accounts/logout"))
        ):
            found.add(target.path + (f"?{target.query}" if target.query else ""))
    return found


def _kind(link: str) -> str:
    """The shape of an address: ids and references do not count, the query does by its keys."""
    path, _, query = link.partition("?")
    words = ["*" if any(letter.isdigit() for letter in word) else word for word in path.split("/")]
    keys = "&".join(sorted(pair.split("=")[0] for pair in query.split("&")))
    return "/".join(words) + "?" + keys
