"""A real browser, found or asked for: without one these tests are skipped aloud; in CI they fail."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser: TRACKER_CHROMIUM, or one on the PATH. Nothing is downloaded."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("TRACKER_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        told = f"no browser: install one of {', '.join(names)}, or name one in TRACKER_CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    return path


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A browser of one's own, closed at the end of the test."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield started
        await started.close()


@pytest.fixture
async def plain(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A window without JavaScript: every page must do without."""
    context = await browser.new_context(java_script_enabled=False)
    yield context
    await context.close()


@pytest.fixture
async def inspected(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A window in which the inspector's own script may run."""
    context = await browser.new_context()
    yield context
    await context.close()
