"""The question after the end, as people meet it: on a small phone, by keyboard, without JavaScript."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from tests.browser.inspector import RULES
from tests.browser.test_live_pages import kept
from tests.http import settings
from tests.journeys.processes import free_port
from tests.office import SECRET, Desk, open_desk
from tracker.core.vocabulary.seals import LinkKind, seal
from tracker.main import create_app, put_together, web_server
from tracker.store.ground.engine import Store

pytestmark = pytest.mark.browser


@dataclass
class Asked:
    """A running service, and the link that asks somebody how it was."""

    desk: Desk
    url: str

    async def answers(self) -> list[tuple[int, str | None]]:
        """Score and comment of what was kept."""
        return [tuple(row) for row in await self.desk.rows("SELECT score, comment FROM feedback")]


@pytest.fixture
async def asked(store: Store, tmp_path: Path) -> AsyncIterator[Asked]:
    """The service on a port of its own, with a request that is finished."""
    desk = await open_desk(store)
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await desk.status("P-1", "GRANTED")
    [(message,)] = await desk.rows("SELECT id FROM message WHERE purpose = 'finished' AND party = '1'")
    parts = put_together(settings(tmp_path), store)
    port = free_port()
    server = web_server(create_app(parts), parts.settings, host="127.0.0.1", port=port)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    yield Asked(desk, f"http://127.0.0.1:{port}/feedback/{seal(SECRET, LinkKind.FEEDBACK, desk.office.id, message)}")
    server.should_exit = True
    await serving


async def page_of(browser: Browser, *, javascript: bool) -> Page:
    """A small phone's page, 320 wide."""
    context = await browser.new_context(java_script_enabled=javascript)
    tab = await context.new_page()
    await tab.set_viewport_size({"width": 320, "height": 640})
    return tab


async def send(tab: Page) -> None:
    """Send the answer, and wait for the page that comes of it."""
    async with tab.expect_navigation():
        await tab.get_by_role("button", name="Send my answer").click()


async def test_the_question_is_answered_by_keyboard_alone(browser: Browser, asked: Asked) -> None:
    tab = await page_of(browser, javascript=False)
    await tab.goto(asked.url)
    await tab.locator("#score-1").focus()
    await tab.keyboard.press("Space")
    for _ in range(3):
        await tab.keyboard.press("ArrowDown")
    await tab.keyboard.press("Tab")
    await tab.keyboard.type("Quick, and kind.")
    await tab.keyboard.press("Tab")
    await tab.keyboard.press("Enter")
    await tab.get_by_role("heading", name="Thank you").wait_for()
    assert await asked.answers() == [(4, "Quick, and kind.")]
    await tab.context.close()


async def test_nothing_chosen_leads_back_to_the_answers(browser: Browser, asked: Asked) -> None:
    tab = await page_of(browser, javascript=False)
    await tab.goto(asked.url)
    await tab.get_by_label("What should we know?").fill("Kept while I mend it")
    await tab.get_by_role("button", name="Send my answer").click()
    await tab.get_by_role("alert").get_by_role("link").click()
    assert await tab.locator("#score-1").evaluate("each => each === document.activeElement")
    assert await tab.locator("#comment").input_value() == "Kept while I mend it"
    await tab.get_by_label("Very good").check()
    await tab.get_by_role("button", name="Send my answer").click()
    await tab.get_by_role("heading", name="Thank you").wait_for()
    assert await asked.answers() == [(5, "Kept while I mend it")]
    await tab.context.close()


async def test_it_fits_a_small_phone_and_axe_finds_nothing(browser: Browser, asked: Asked) -> None:
    tab = await page_of(browser, javascript=True)
    await tab.goto(asked.url)
    for name in ("the question", "nothing chosen", "thanks", "leads nowhere"):
        match name:
            case "nothing chosen":
                await send(tab)
            case "thanks":
                await tab.get_by_label("Very bad").check()
                await send(tab)
            case "leads nowhere":
                await tab.goto(f"{asked.url}x")
        found = await Axe().run(tab, options=RULES)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert await tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        for box in await tab.locator(".choice").all():
            size = await box.bounding_box()
            assert size is not None and size["height"] >= 44, "room for a thumb"
        await kept(tab, f"answer-{name}")
    await tab.context.close()
