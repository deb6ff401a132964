"""Every page is looked at in a real browser: by axe, light and dark, on a phone and on a large screen."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.web.every_page import Address, ExampleSite, every_page, example_site, log_in, overflow
from tests.web.test_first_order_browser import browser

__all__ = ["browser"]  # a fixture
pytestmark = pytest.mark.django_db

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
DESK, PHONE, WALL = 1440, 390, 1920
WINDOW: dict[str, Any] = {"bypass_csp": True, "locale": "en-US", "timezone_id": "Europe/Berlin"}  # the longest dates
PAGES = list(every_page())


@dataclass(frozen=True)
class CheckedPage:
    """What was found on a page."""

    status: int
    light: list[str]
    dark: list[str]
    phone: Any
    wall: Any


class BrowserChecks:
    """One window, which looks at each page once."""

    def __init__(self, page: Page, site: ExampleSite) -> None:
        self.page, self.site = page, site
        self.complaints: list[str] = []
        self.asked: set[str] = set()
        self._looked: dict[str, CheckedPage] = {}
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.add(request.url))

    def at(self, address: Address) -> CheckedPage:
        """What is found there."""
        if address.name not in self._looked:
            self._looked[address.name] = self.look(self.site.paths[address.name])
        return self._looked[address.name]

    def look(self, path: str) -> CheckedPage:
        """What is found at any path."""
        self._be(DESK, "light")
        answer = self.page.goto(self.site.url + path)
        assert answer is not None
        self.page.evaluate(AXE.read_text())
        light = self._axe({"runOnly": RULES})
        wall = self._be(WALL, "light")
        phone = self._be(PHONE, "dark")
        return CheckedPage(answer.status, light, self._axe({"runOnly": ["color-contrast", "target-size"]}), phone, wall)

    def _be(self, width: int, scheme: Any) -> Any:
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        self.page.set_viewport_size({"width": width, "height": 900})
        return overflow(self.page)

    def _axe(self, options: dict[str, Any]) -> list[str]:
        found = self.page.evaluate(
            "async (options) => (await axe.run(document, {resultTypes: ['violations'], ...options})).violations",
            options,
        )
        return [
            f"{each['id']}: {node['html'][:200]} {node['failureSummary']}" for each in found for node in each["nodes"]
        ]


@pytest.fixture(scope="module")
def browser_checks(django_db_setup: None, django_db_blocker: Any, browser: Any) -> Iterator[BrowserChecks]:  # noqa: ARG001
    """The installation is filled once for all pages: no test changes it."""
    with django_db_blocker.unblock(), example_site() as site:
        browser_checks = BrowserChecks(browser.new_page(**WINDOW), site)
        log_in(browser_checks.page, site.url)
        yield browser_checks
        browser_checks.page.close()


@pytest.mark.parametrize("address", PAGES, ids=lambda address: address.name)
def test_axe_finds_nothing(address: Address, browser_checks: BrowserChecks) -> None:
    """WCAG 2.2 A and AA and the best practices in the light; contrast and the size of targets in the dark."""
    looked = browser_checks.at(address)
    assert (looked.status, looked.light, looked.dark) == (200, [], [])


@pytest.mark.parametrize("address", PAGES, ids=lambda address: address.name)
def test_no_page_scrolls_sideways(address: Address, browser_checks: BrowserChecks) -> None:
    """Neither on a phone nor on a large screen, whatever the names in it."""
    looked = browser_checks.at(address)
    assert (looked.phone, looked.wall) == ([], [])


@pytest.mark.parametrize(("path", "status"), [("/login/", 200), ("/nowhere/", 404)])
def test_the_pages_before_the_login_pass_as_well(
    path: str, status: int, browser_checks: BrowserChecks, browser: Any
) -> None:
    """The login itself, and the page for what does not exist."""
    stranger = BrowserChecks(browser.new_page(**WINDOW), browser_checks.site)
    looked = stranger.look(path)
    stranger.page.close()
    assert looked == CheckedPage(status, light=[], dark=[], phone=[], wall=[])


def test_nothing_is_asked_of_another_host(browser_checks: BrowserChecks) -> None:
    """By none of the pages; and the browser had nothing to complain about at any of them."""
    for address in PAGES:
        browser_checks.at(address)
    assert {urlsplit(url).netloc for url in browser_checks.asked} == {urlsplit(browser_checks.site.url).netloc}
    assert browser_checks.complaints == []
