"""A real browser, and pages in it that complain about nothing."""

import os
import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.visitor import Visitor
from tests.house.world import world

__all__ = ["world"]

ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
MISSING = "No Chromium was found: install it (for example `apt-get install chromium`), or name it in CHROMIUM."


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium. Without one these tests are skipped, and said to be; in CI they fail."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    # Playwright keeps an event loop in the thread of the tests, which must not keep them from the database.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, live_server):
    """Make visitors, each with cookies of their own; afterwards nothing may have gone wrong in their browsers."""
    with ExitStack() as stack:
        visitors = []

        def make(host="localhost", **how):
            address = live_server.url.replace("localhost", host)
            visitors.append(stack.enter_context(Visitor(chromium, address, **how)))
            return visitors[-1]

        yield make
        assert [complaint for visitor in visitors for complaint in visitor.complaints] == []


@pytest.fixture
def picture():
    """Look at a page that everybody can read; keep a picture of it, if PICTURES names a folder for them."""

    def keep(visitor, name):
        if folder := os.environ.get("PICTURES"):
            visitor.page.screenshot(path=Path(folder) / f"{name}.png")
        assert visitor.barriers() == []
        assert not visitor.overflows()

    return keep
