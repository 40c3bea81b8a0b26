"""The style guide in a real browser: no axe violation, no CSP violation, no sideways scrolling, keys that work."""

import mimetypes
import os
import shutil
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from csp.utils import build_policy
from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import sync_playwright

from tests.ui.guide import NOW, render_guide, render_rows

AXE = settings.NODE_MODULES / "axe-core" / "axe.min.js"
CHROMIUM = os.environ.get("ASSAY_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "no-sandbox",
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
)
HOME = "http://assay.test/"
VIOLATIONS = """window.broken = [];
addEventListener('securitypolicyviolation', (e) => broken.push(e.violatedDirective + ' ' + e.blockedURI));"""

pytestmark = [pytest.mark.once, pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: run npm ci")]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=[f"--{flag}" for flag in FLAGS])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def guide():
    return {"": render_guide(), "past": render_guide(as_at=NOW, now_url="/")}


@pytest.fixture
def open_page(browser, guide):
    contexts = []

    def serve(route):
        path, _, query = route.request.url.removeprefix(HOME).partition("?")
        if route.request.headers.get("hx-target") == "rows":
            return route.fulfill(body=render_rows(**dict(parse_qsl(query))), content_type="text/html")
        if found := path.startswith("static/") and finders.find(path.removeprefix("static/")):
            kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
            return route.fulfill(body=Path(found).read_bytes(), content_type=kind)
        return route.fulfill(
            body=guide.get(path, ""),
            content_type="text/html",
            headers={"Content-Security-Policy": build_policy()},
        )

    def open_at(width=1440, height=900, path="", **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.add_init_script(VIOLATIONS)
        page = context.new_page()
        page.route("**/*", serve)
        page.goto(HOME + path)
        page.wait_for_load_state("networkidle")
        return page

    yield open_at
    for context in contexts:
        context.close()


LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "width": 360},
    "phone-dark": {"color_scheme": "dark", "width": 360},
    "tablet": {"color_scheme": "light", "width": 768},
    "past": {"color_scheme": "light", "path": "past"},
    "past-dark": {"color_scheme": "dark", "path": "past", "width": 360},
    "zoomed": {"color_scheme": "light", "width": 720, "device_scale_factor": 2},
}


@pytest.mark.parametrize("look", LOOKS)
def test_every_piece_is_accessible_and_fits(open_page, look):
    page = open_page(**LOOKS[look])

    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run()")["violations"]

    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.evaluate("broken") == []


def test_the_page_reads_without_script(open_page):
    page = open_page(java_script_enabled=False)

    assert page.locator("h1").inner_text() == "R-0012Location history readable on a lost phone"
    assert page.locator("[data-needs-script]:visible").count() == 0


def test_keys_find_search_and_walk_the_register(open_page):
    page = open_page()

    page.locator("h1").click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"

    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("x")
    assert page.locator("#rows tbody tr").nth(0).get_attribute("class") == "here"
    assert page.locator("#rows tbody tr[aria-selected=true]").count() == 1
    assert page.locator("#bulk [data-chosen]").inner_text() == "1"

    page.keyboard.press("a")
    assert page.locator("#rows tbody tr[aria-selected=true]").count() == page.locator("#rows tbody tr").count()
    page.keyboard.press("b")
    assert page.evaluate("document.activeElement.closest('#bulk') !== null")


EDITED = """() => {
  const row = document.querySelectorAll("#rows tbody tr")[1];
  row.innerHTML = '<td><form><input name="why"><a data-cancel href="#left">Cancel</a></form></td>';
  row.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); window.saved = true; });
  row.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true }));
}"""


def test_a_row_edited_in_place_has_the_keyboard_until_it_is_left(open_page):
    page = open_page()
    page.evaluate(EDITED)

    assert page.evaluate("document.activeElement.name") == "why"
    page.keyboard.type("jex")
    assert page.locator("[name=why]").input_value() == "jex"
    page.keyboard.press("Control+Enter")
    assert page.evaluate("window.saved")
    page.keyboard.press("Escape")
    assert page.evaluate("location.hash") == "#left"
    assert page.locator("#rows tbody tr").nth(1).get_attribute("class") == "here"


def test_sorting_and_paging_swap_the_rows_and_move_the_address(open_page):
    page = open_page()
    page.evaluate("window.same = true")

    page.locator("#sort-reference").click()
    page.wait_for_selector("#rows th[aria-sort=ascending] #sort-reference")
    page.get_by_role("link", name="Next").click()
    page.wait_for_selector(".pages [aria-current] >> text=2")

    assert page.locator("#rows tbody .reference").first.inner_text() == "R-0009"
    assert page.url == f"{HOME}?sort=reference&page=2"
    assert page.evaluate("window.same") is True
    assert page.evaluate("broken") == []


def test_the_theme_is_kept_in_a_cookie(open_page):
    page = open_page(color_scheme="light")

    page.locator(".bar > details:last-of-type > summary").click()
    page.locator("[data-theme=dark]").click()

    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 21, 24)"
    assert [c["value"] for c in page.context.cookies() if c["name"] == "theme"] == ["dark"]


def test_a_serious_step_is_asked_for_first(open_page):
    page = open_page()
    sent = []
    page.on("request", lambda request: sent.append(request.method))

    page.locator(".page-actions details > summary").click()
    page.locator(".page-actions .danger").click()
    assert page.locator("#confirm [data-question]").inner_text() == "Withdraw the acceptance of R-0012?"
    page.locator("#confirm [value=no]").click()
    assert sent == []

    page.locator(".page-actions details > summary").click()
    page.locator(".page-actions .danger").click()
    page.locator("#confirm [value=yes]").click()
    page.wait_for_load_state("networkidle")
    assert sent[0] == "POST"


def test_any_page_prints_on_paper_without_its_frame(open_page):
    page = open_page(color_scheme="dark")

    page.emulate_media(media="print")

    hidden = (".rail", ".bar", ".page-actions", ".messages")
    assert [name for name in hidden if page.locator(name).first.is_visible()] == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
