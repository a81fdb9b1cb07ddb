"""The running service in a real browser: from the form to the page and to the outbox, as people would go."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page

from tests.browser.inspector import RULES
from tests.browser.tabs import WIDTHS, tab_of
from tests.journeys.processes import demo, report

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[dict[str, Any]]:
    """What a running demo says of itself, after one more report about its first case."""
    with demo(tmp_path_factory.mktemp("live") / "data") as running:
        at = running.told["now"]
        assert report(running.told, status="ASSESS", at=at, id_="live-1").status_code == 202
        case, source = running.told["cases"][0], running.told["source"]
        note = {
            "id": "live-2",
            "source": source["source"],
            "type": "case.note",
            "subject": case["number"],
            "time": at,
            "data": {"text": "W" * 300 + " http://example.org/" + "x" * 200 + " <b>bold</b>", "audience": "public"},
        }
        given = {"Authorization": f"Bearer {source['key']}"}
        assert httpx.post(f"{running.url}/api/v1/events", json=note, headers=given).status_code == 202
        yield running.told


async def look_up(tab: Page, live: dict[str, Any], known_fact: str | None = None, place: int = 0) -> None:
    """Fill the form in and send it."""
    case = live["cases"][place]
    await tab.goto(f"{live['url']}/track")
    await tab.get_by_label("Your reference").fill(case["reference"].lower())
    await tab.locator("#known_fact").fill(case["known_fact"] if known_fact is None else known_fact)
    async with tab.expect_navigation():
        await tab.get_by_role("button", name="See my request").click()


async def every_page(tab: Page, live: dict[str, Any]) -> AsyncIterator[str]:
    """Open one page after another, and tell its name."""
    for path in ("/", "/track", "/demo", "/outbox", "/nope", "/problems/not-found"):
        await tab.goto(f"{live['url']}{path}")
        yield path
    await look_up(tab, live, known_fact="")
    yield "the form, half filled in"
    await look_up(tab, live, known_fact="ZZ9 9ZZ")
    yield "the form, refused"
    for place in range(len(live["cases"])):
        await look_up(tab, live, place=place)
        yield f"case {place} ({live['cases'][place]['service']})"


async def test_the_way_from_the_form_to_the_page_by_keyboard_alone(plain: BrowserContext, live: dict[str, Any]) -> None:
    tab, complaints = await tab_of(plain, "phone")
    case = live["cases"][0]
    await tab.goto(f"{live['url']}/")

    async def press_until(what: str, at_most: int = 12) -> None:
        for _ in range(at_most):
            await tab.keyboard.press("Tab")
            if await tab.evaluate("document.activeElement.matches(" + repr(what) + ")"):
                return
        pytest.fail(f"{what} was not reached by the tabulator key")

    await press_until("main a[href^='/track']")
    await tab.keyboard.press("Enter")
    await tab.wait_for_url("**/track")
    await press_until("#reference")
    await tab.keyboard.type(case["reference"].replace("-", " ").lower())
    await press_until("#known_fact")
    await tab.keyboard.type(case["known_fact"].lower())
    await tab.keyboard.press("Enter")
    await tab.get_by_role("heading", name="What is happening now").wait_for()
    assert await tab.get_by_text("A planning officer is looking at your plans").first.is_visible()
    assert tab.url == f"{live['url']}/track", "nothing of the pair stands in the address"
    await press_until("a[href='/track']", 40)
    assert complaints == []


async def test_a_mistake_in_the_form_leads_back_to_the_field(plain: BrowserContext, live: dict[str, Any]) -> None:
    tab, _ = await tab_of(plain, "phone")
    await tab.goto(f"{live['url']}/track?reference={live['cases'][0]['reference']}")
    assert await tab.locator("#reference").input_value() == live["cases"][0]["reference"]
    await tab.locator("#known_fact").fill("ZZ9 9ZZ")
    await tab.keyboard.press("Enter")
    link = tab.get_by_role("alert").get_by_role("link")
    assert "found no request with these two details" in await link.inner_text()
    assert (await tab.title()).startswith("Error:")
    await link.click()
    assert await tab.locator("#reference").evaluate("each => each === document.activeElement")
    assert await tab.locator("#reference").input_value() == live["cases"][0]["reference"]
    assert await tab.locator("#known_fact").input_value() == ""


@pytest.mark.parametrize("size", WIDTHS)
async def test_nothing_scrolls_sideways_and_nothing_is_blocked(
    plain: BrowserContext, live: dict[str, Any], size: str
) -> None:
    tab, complaints = await tab_of(plain, size)
    async for name in every_page(tab, live):
        room = await tab.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert room[0] <= room[1], f"{name} is {room[0]} wide in {room[1]}"
        assert await tab.evaluate("getComputedStyle(document.body).margin") != "", name
        await kept(tab, f"{size}-{name}")
    assert complaints == []


async def test_axe_finds_nothing(inspected: BrowserContext, live: dict[str, Any]) -> None:
    # On a wide screen: the same pages on a phone are in test_every_page_in_browser.
    tab, complaints = await tab_of(inspected, "desk")
    async for name in every_page(tab, live):
        results = await Axe().run(tab, options=RULES)
        assert results.violations_count == 0, f"{name}: {results.generate_report()}"
    assert complaints == []


async def test_mails_are_shown_with_their_styles_and_can_do_nothing(
    plain: BrowserContext, live: dict[str, Any]
) -> None:
    tab, complaints = await tab_of(plain, "desk")
    await tab.goto(f"{live['url']}/outbox")
    frames = tab.locator("iframe.mail")
    assert await frames.count() > 3
    for place in range(3):
        await frames.nth(place).scroll_into_view_if_needed()
        assert await frames.nth(place).get_attribute("sandbox") == ""
        heading = frames.nth(place).content_frame.locator("h1, h2").first
        await heading.wait_for()
        assert await heading.evaluate("each => getComputedStyle(each).color") == "rgb(18, 50, 74)"
        fits = (
            await frames.nth(place)
            .content_frame.locator("html")
            .evaluate("each => each.scrollWidth <= each.clientWidth")
        )
        assert fits, "a mail scrolls sideways"
    assert complaints == []


async def kept(tab: Page, name: str) -> None:
    """Keep a picture to look at, if somebody asks for pictures."""
    folder = os.environ.get("TRACKER_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        plain = "".join(char if char.isalnum() else "-" for char in name).strip("-")
        await tab.screenshot(path=f"{folder}/{plain}.png", full_page=True)
