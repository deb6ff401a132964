"""The keyboard of a browser test. A click on a link waits for the next page, not for its scripts, which hear keys."""

from playwright.sync_api import Keyboard, Page


def keyboard_of(page: Page) -> Keyboard:
    """The keyboard, once the page's scripts are there."""
    page.wait_for_load_state("load")
    return page.keyboard
