"""The desk in a real browser: signed in, found and logged by keyboard alone, without JavaScript, at any width."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page

from tests.browser.inspector import RULES
from tests.browser.tabs import WIDTHS, tab_of
from tests.desk_staff import PASSWORD, case_id
from tests.http import Site, open_site, settings
from tests.journeys.processes import free_port
from tests.office import START
from tracker.flows.desk import accounts
from tracker.main import create_app, listening, put_together, web_server
from tracker.store.ground.engine import Store

pytestmark = pytest.mark.browser


@dataclass
class Live:
    """A running desk, and the reference of a case in it."""

    url: str
    site: Site
    reference: str


@pytest.fixture
async def live(store: Store, tmp_path: Path) -> AsyncIterator[Live]:
    """The service on a port, with an account, a case of many events, and several people of one name."""
    async with open_site(store, tmp_path) as site:
        reference = await site.case(
            name="Alexandra Featherstonehaugh-Wriothesley of Northwick",
            channels=[
                {"channel": "email", "address": "a-very-long-address-of-somebody-who-waits@department.example.org"},
                {"channel": "sms", "address": "07700 900123"},
            ],
        )
        for number in range(3):
            await site.case(f"Q-{number}", name="Sam Smith", language="ar")
        at = START + timedelta(minutes=5)
        await site.status("P-1", "ASSESS", at=at, expected_on="2026-03-04")
        await site.status(
            "P-1", "RFI", at=at + timedelta(minutes=1), public_note="W" * 200, internal_note="Rang. " * 30
        )
        items = [{"item": "plan", "code": "floor_plan", "due_on": "2026-03-20"}]
        await site.post(site.event(type="case.needs", time=at.isoformat(), data={"items": items}))
        await site.desk.carry()
        await site.desk.move(START + timedelta(days=3, hours=3))
        await accounts.add(store, site.desk.office, "ann", name="Ann Agent", password=PASSWORD)
        port = free_port()
        given = settings(tmp_path, public_url=f"http://127.0.0.1:{port}")
        server = web_server(create_app(put_together(given, store)), given, host="127.0.0.1", port=port)
        serving = asyncio.create_task(server.serve(sockets=[listening("127.0.0.1", port)]))
        try:
            yield Live(given.public_url, site, reference)
        finally:
            server.should_exit = True
            await serving


async def cursor_in(tab: Page, what: str) -> None:
    """Wait until the cursor stands where the page puts it: browsers do that after the page has loaded, with its first
    frame. What is typed before goes nowhere, and a busy machine leaves time for that."""
    await tab.locator(f"{what}:focus").wait_for()


async def focused(tab: Page, what: str) -> bool:
    """Whether this has the focus, and shows it."""
    return bool(await tab.evaluate(f"document.activeElement.matches({what!r})"))


async def press_until(tab: Page, what: str, at_most: int) -> None:
    """Go on with the tabulator key until something has the focus; everything on the way shows that it has it."""
    for _ in range(at_most):
        await tab.keyboard.press("Tab")
        seen = await tab.evaluate(
            "(() => { const style = getComputedStyle(document.activeElement);"
            " return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 1; })()"
        )
        assert seen, await tab.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if await focused(tab, what):
            return
    pytest.fail(f"{what} was not reached by the tabulator key")


async def sign_in(tab: Page, live: Live) -> None:
    """Sign in by keyboard: the cursor stands where it is needed."""
    await tab.goto(f"{live.url}/desk")
    assert tab.url == f"{live.url}/desk/sign-in"
    await cursor_in(tab, "#login")
    await tab.keyboard.type("ann")
    await tab.keyboard.press("Tab")
    await tab.keyboard.type(PASSWORD)
    await tab.keyboard.press("Enter")
    await tab.wait_for_url(f"{live.url}/desk")


async def every_page(tab: Page, live: Live) -> AsyncIterator[str]:
    """Open one screen of the desk after another, and tell its name."""
    await tab.goto(f"{live.url}/desk/sign-in")
    await cursor_in(tab, "#login")
    yield "sign in"
    await tab.locator("#login").fill("ann")
    await tab.locator("#password").fill("wrong")
    await tab.keyboard.press("Enter")
    await tab.get_by_role("alert").wait_for()
    yield "sign in refused"
    await sign_in(tab, live)
    yield "search"
    searches = {
        "nothing typed": "",
        "results": "smith",
        "nothing found": "nobody",
        "mistyped": "C" + live.reference[1:],
        "mistyped twice": "C" + live.reference[2:],
    }
    for name, typed in searches.items():
        await tab.goto(f"{live.url}/desk")
        await cursor_in(tab, "#typed")
        await tab.locator("#typed").fill(typed)
        async with tab.expect_navigation():
            await tab.locator("main button").first.click()
        yield name
    case = await case_id(live.site.desk)
    arabic = await case_id(live.site.desk, "Q-1")
    for path, name in (
        (f"{case}", "reason"),
        (f"{case}?why=contacted&done=resent", "case"),
        (f"{arabic}?why=contacted", "case in arabic"),
        (f"{case}/page?why=contacted", "page"),
        ("nothing?why=contacted", "no case"),
    ):
        await tab.goto(f"{live.url}/desk/cases/{path}")
        for each in await tab.locator("details").all():
            await each.locator(":scope > summary").click()
        yield name


async def test_a_call_is_answered_and_logged_by_keyboard_alone(plain: BrowserContext, live: Live) -> None:
    tab, complaints = await tab_of(plain, "desk")
    await sign_in(tab, live)
    await cursor_in(tab, "#typed")  # one types at once
    await tab.keyboard.type(live.reference.replace("-", " ").lower())
    await tab.keyboard.press("Enter")
    await tab.wait_for_url("**/desk/cases/**")
    assert live.reference not in tab.url and live.reference.replace("-", "") not in tab.url
    assert await tab.get_by_text("We need something from you").first.is_visible()
    await tab.keyboard.press("Tab")
    assert await focused(tab, "#find-typed"), "the next search is the first stop"
    await press_until(tab, "input[name=reason]", 14)
    assert await tab.evaluate("document.activeElement.value") == "date_passed", "the likeliest reason is chosen"
    await tab.keyboard.press("Enter")
    await tab.get_by_text("The contact is on record.").wait_for()
    await press_until(tab, "#said", 20)
    await tab.keyboard.type("ab1 2cd")
    await tab.keyboard.press("Enter")
    await tab.get_by_text("It fits.").wait_for()
    await press_until(tab, "form[action*='/messages/'] button", 20)
    await press_until(tab, "#words", 20)
    rows = await live.site.desk.rows("SELECT reason, channel, demand FROM contact")
    assert [tuple(row) for row in rows] == [("date_passed", "phone", "failure")]
    assert complaints == []


@pytest.mark.parametrize("size", WIDTHS)
async def test_nothing_scrolls_sideways_at_the_desk(plain: BrowserContext, live: Live, size: str) -> None:
    tab, complaints = await tab_of(plain, size)
    async for name in every_page(tab, live):
        room = await tab.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert room[0] <= room[1], f"{name} is {room[0]} wide in {room[1]}"
        await kept(tab, f"{size}-{name}")
    assert complaints == []


@pytest.mark.parametrize("size", ["phone", "desk"])
async def test_axe_finds_nothing_at_the_desk(inspected: BrowserContext, live: Live, size: str) -> None:
    tab, _ = await tab_of(inspected, size)
    async for name in every_page(tab, live):
        results = await Axe().run(tab, options=RULES)
        assert results.violations_count == 0, f"{name}: {results.generate_report()}"


async def kept(tab: Page, name: str) -> None:
    """Keep a picture to look at, if somebody asks for pictures."""
    folder = os.environ.get("TRACKER_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        await tab.screenshot(path=f"{folder}/{name.replace(' ', '-')}.png", full_page=True)
