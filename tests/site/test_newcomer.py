"""Somebody new, in a real browser: from the mail with the invitation to a submitted assessment, by the page alone.

Every page passed on the way is looked at by axe. One answer is given without a network, and its tab is closed.
With ASSAY_SCREENSHOTS=FOLDER each page is kept as a picture.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.site.conftest import Site

pytestmark = [pytest.mark.once, pytest.mark.timeout(900)]
AXE = settings.NODE_MODULES / "axe-core" / "axe.min.js"
LOOKS = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1440, "height": 900}}
INVITE = """
from compliance.accounts.models import User
from compliance.projects.models import Organisation
from compliance.projects.services import create_project, invite, mail_invitation
by = User.objects.get(email="brandt@lumaro.example")
project = create_project(organisation=Organisation.objects.get(slug="lumaro-apps"), name="Trail", by=by)
made, token = invite(email="new@lumaro.example", name="Nova Reed", role="product_owner", scope=project, by=by)
mail_invitation(made, "{}/invitations/" + token + "/")
"""
# question: what is ticked by its label, and what is written under a label; None is the line that says there is none
ANSWERS: dict[str, tuple[list[str], dict[str, str]]] = {
    "Q01": ([], {"What it does": "Hikers mark a trail and find it again without a network."}),
    "Q02": ([], {"Platform": "iOS", "Store": "App Store", "Package or bundle id": "com.example.trail"}),
    "Q03": (["Flutter"], {}),
    "Q04": (["A new app"], {}),
    "Q05": ([], {"Countries where people use it": "Germany, Austria", "Country of the company": "Germany"}),
    "Q06": (["Consumers"], {}),
    "Q07": (["1 000 to 10 000", "Every week"], {}),
    "Q08": (["It is a nuisance"], {}),
    "Q09": (["We decide"], {}),
    "Q10": (["Not there at all"], {}),
    "Q12": (["No"], {}),
    "Q13": (["No"], {}),
    "Q14": (["Nobody can"], {}),
    "Q15": (["Exact place"], {}),
    "Q16": ([], {"Data": "Exact place", "What for": "Record the trail", "Is it needed?": "Needed"}),
    "Q17": (["No"], {}),
    "Q18": (["Exact place, while the app is used"], {}),
    "Q19": (["No, only from the users themselves"], {}),
    "Q20": (["No"], {}),
    "Q21": ([], {"Data": "Trails", "How long": "1 year", "Counted from": "last use", "What deletes it": "The app"}),
    "Q22": (["Nobody is asked"], {"Where the notice stands": "Settings"}),
    "Q23": (["In the app"], {}),
    "Q24": ([], {"Platform": "iOS", "Oldest version": "16", "Why": "Nearly everybody has it"}),
    "Q25": (["Yes, ordinary data"], {}),
    "Q26": (["We do not look"], {}),
    "Q27": (["Nowhere"], {}),
    "Q28": (["No"], {}),
    "Q29": (["Nothing"], {}),
    "Q30": (["No"], {}),
    "Q31": (["None of these"], {}),
    "Q32": (["No money at all"], {}),
    "Q35": (["There are none: everything happens on the phone"], {}),
    "Q36": (["None gets any data"], {}),
    "Q37": (["It does not talk to any server"], {}),
    "Q38": (["A pipeline builds it"], {"Who holds keys and accounts": "Nova and a deputy"}),
    "Q39": (["In working hours", "Nobody is named"], {}),
    "Q40": (["I don't know"], {}),
    "Q41": (["Nothing we know of"], {}),
}
UNKNOWN, LOST = "I don't know", "Q30"
PHRASE = "a long phrase nobody guesses"


@dataclass
class Newcomer:
    """Somebody at a page, who counts what they click and write."""

    page: Page
    look: str
    clicks: int = 0
    written: int = 0
    answered: set[str] = field(default_factory=set)

    def looks(self, name: str) -> None:
        """The page as it is now: accessible, no wider than the window, within the policy."""
        if folder := os.environ.get("ASSAY_SCREENSHOTS"):
            self.page.screenshot(path=Path(folder) / f"newcomer-{name}-{self.look}.png", full_page=True)
        found = self.page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        faults = [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"][:3]]
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (name, faults, wide) == (name, [], 0)

    def click(self, role: str, name: str) -> None:
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]
        self.page.wait_for_load_state("networkidle")
        self.clicks += 1

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)
        self.written += 1

    def answer(self, key: str) -> None:
        """As a person does: by what stands beside the fields."""
        asked = self.page.locator(f"#{key}")
        self.answered.add(key)
        ticked, said = ANSWERS[key]
        for label in ticked:
            prefix = label == UNKNOWN
            name = re.compile(re.escape(label)) if prefix else label
            asked.get_by_label(name, exact=not prefix).check()
            self.clicks += 1
        for label, text in said.items():
            field = asked.locator("input, textarea, select").and_(asked.get_by_label(label, exact=True)).first
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(label=text)
                self.clicks += 1
            else:
                field.fill(text)
                self.written += 1


def invited(site: Site) -> str:
    """The link of the mail."""
    mail = site.manage("shell", "-c", INVITE.format(site.address))
    link = re.search(r"https?://\S+/invitations/\S+", mail.replace("=\n", ""))
    assert link is not None, mail
    return link[0]


def opened(browser: Browser, look: str) -> tuple[BrowserContext, Newcomer]:
    context = browser.new_context(viewport=LOOKS[look], has_touch=look == "phone")  # type: ignore[arg-type]
    context.add_init_script(path=AXE)
    return context, Newcomer(context.new_page(), look)


def lost_and_found(context: BrowserContext, nova: Newcomer) -> None:
    """An answer without a network, the tab closed: on the next visit it is there, and arrives."""
    address = nova.page.url
    context.set_offline(True)
    nova.answer(LOST)
    expect(nova.page.locator("[data-save-sign]")).to_contain_text("There is no connection")
    nova.page.close(run_before_unload=False)
    context.set_offline(False)
    nova.page = context.new_page()
    nova.page.goto(address)
    expect(nova.page.locator("[data-save-sign]")).to_have_text("All answers are saved")
    expect(nova.page.locator(f"#{LOST}").get_by_label("No", exact=True)).to_be_checked()


def test_somebody_new_gets_from_the_mail_to_a_submitted_assessment(site: Site, browser: Browser) -> None:
    """Begun at the desk, gone on with on the phone."""
    context, nova = opened(browser, "desktop")
    nova.page.goto(invited(site))
    nova.looks("invitation")
    nova.write("Password", PHRASE)
    nova.write("Password again", PHRASE)
    nova.click("button", "Make my account")
    sign_in(nova)
    nova.looks("first-page")
    nova.click("link", "Start: about twenty minutes")
    nova.looks("start")
    nova.click("button", "Start")
    for number in range(4):
        one_page(context, nova, number)
    context.close()

    phone, again = opened(browser, "phone")
    again.page.goto(f"{site.address}/projects/trail/")
    sign_in(again)
    again.click("link", "Go on")
    for number in range(4, 9):
        one_page(phone, again, number)
    submit(again)
    phone.close()

    assert (nova.clicks + again.clicks, nova.written + again.written) <= (80, 30)


def sign_in(nova: Newcomer) -> None:
    nova.looks("sign-in")
    nova.write("Email", "new@lumaro.example")
    nova.write("Password", PHRASE)
    nova.click("button", "Sign in")


def one_page(context: BrowserContext, nova: Newcomer, number: int) -> None:
    """A page of the questions, answered and left."""
    for _ in range(2):  # an answer may bring another question
        for key in nova.page.locator("[data-question]:not([hidden])").evaluate_all("all => all.map(one => one.id)"):
            if key in ANSWERS and key not in {*nova.answered, LOST}:
                nova.answer(key)
        expect(nova.page.locator("[data-save-sign]")).to_have_text("All answers are saved")
    if nova.page.locator(f"#{LOST}").count():
        lost_and_found(context, nova)
    nova.looks(f"page-{number + 1}")
    nova.click("button", "Save and check" if number == 8 else "Save and go on")


def submit(nova: Newcomer) -> None:
    nova.looks("check")
    expect(nova.page.get_by_role("heading", name="Everything is answered")).to_be_visible()
    nova.click("button", "Submit")
    nova.looks("submitted")
    expect(nova.page.get_by_text("is submitted; its answers are frozen")).to_be_visible()
