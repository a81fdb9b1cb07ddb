"""Every page of one running service, in English and in Arabic, on the smallest phone: axe finds nothing, the language
and the direction are told rightly, and nothing scrolls sideways."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from axe_playwright_python.async_playwright import Axe
from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from playwright.async_api import Browser, Page

from templates.environment import page
from tests.browser.inspector import RULES
from tests.browser.test_live_pages import kept
from tests.desk_staff import PASSWORD, case_id
from tests.flows.promises.test_punctuality import many
from tests.http import settings
from tests.journeys.processes import free_port
from tests.office import SECRET, START, Desk, open_desk
from tracker.core.vocabulary.seals import LinkKind, seal
from tracker.flows.desk import accounts
from tracker.flows.promises import punctuality
from tracker.main import create_app, listening, put_together, web_server
from tracker.store.ground.engine import Store

pytestmark = pytest.mark.browser

REQUESTS = {"waits for you": "P-1", "late": "P-2", "closed": "P-3"}
OUTSIDE = """[...document.querySelectorAll('body *:not(.skip)')].filter(each =>
    { const {left, right} = each.getBoundingClientRect(); return left < -1 || right > innerWidth + 1 })
    .map(each => each.outerHTML.slice(0, 80))"""
"""What stands out on either side: to the left of an Arabic page one could not even scroll to it."""

COMMAND = (
    "curl -X POST http://127.0.0.1:8000/api/v1/events -H 'Authorization: Bearer tk_" + "x" * 60 + "' "
    '-d \'{"id": "try-1", "source": "backoffice", "type": "case.status", "data": {"status": "ASSESS"}}\''
)
LINKS = [
    {"who": "A back office", "title": "Send an event", "url": "/track", "try": "Report a status:", "code": COMMAND},
    {"who": "Everybody", "title": "Let time pass", "url": "/outbox", "try": "Type:", "code": "tracker demo advance 7d"},
]


@dataclass
class Live:
    """A running service: where it is, the references of `REQUESTS`, and the message of the end in each language."""

    url: str
    desk: Desk
    references: dict[str, str]
    ends: dict[str, UUID]

    def link(self, kind: LinkKind, code: str) -> str:
        """A link in the message of the end."""
        return f"{self.url}/{kind}/{seal(SECRET, kind, self.desk.office.id, self.ends[code])}"


def demo_page() -> APIRouter:
    """The start page of the demo, with a command as long as the real one."""
    routes = APIRouter()

    @routes.get("/demo")
    async def start() -> HTMLResponse:
        return HTMLResponse(page("demo.html", "en", links=LINKS, clock="Monday 02 March 2026 10:00"))

    return routes


async def requests(desk: Desk) -> tuple[dict[str, str], dict[str, UUID]]:
    """One request of each kind, and the message of the end to somebody of each language."""
    spelt = {}
    for name, number in REQUESTS.items():
        spelt[name] = (await desk.status(number, "REC", expected_on="2026-03-04")).reference or ""
        await desk.party(number, name="Sam Smith", channels=[{"channel": "email", "address": f"{number}@example.org"}])
    await desk.status("A-1", "REC")
    await desk.party("A-1", language="ar", channels=[{"channel": "email", "address": "amal@example.org"}])
    await desk.status("P-1", "RFI", public_note="We cannot read page 2. " + "W" * 200)
    items = [{"item": "plan", "code": "floor_plan", "due_on": "2026-03-20"}]
    await desk.say("P-1", "case.needs", {"items": items})
    for number in ("P-3", "A-1"):
        await desk.status(number, "GRANTED")
    await desk.carry()
    await desk.move(START + timedelta(days=4))
    # The source is heard of, so that a date that has passed is late and not merely unknown.
    await desk.status("A-2", "REC")
    rows = await desk.rows("SELECT language, id FROM message WHERE purpose = 'finished'")
    return spelt, {row.language: row.id for row in rows}


@pytest.fixture
async def live(store: Store, tmp_path: Path) -> AsyncIterator[Live]:
    """The service on a port of its own, with the outbox and the start page of a demo."""
    desk = await open_desk(store)
    references, ends = await requests(desk)
    await accounts.add(store, desk.office, "ann", name="Ann Agent", password=PASSWORD)
    await many(desk, "W", 20, 20)
    await punctuality.count(store, desk.office.id)
    port = free_port()
    given = settings(tmp_path, public_url=f"http://127.0.0.1:{port}")
    app = create_app(put_together(given, store), outbox_open=True, extra=(demo_page(),))
    server = web_server(app, given, host="127.0.0.1", port=port)
    serving = asyncio.create_task(server.serve(sockets=[listening("127.0.0.1", port)]))
    try:
        yield Live(given.public_url, desk, references, ends)
    finally:
        server.should_exit = True
        await serving


async def go(tab: Page, url: str, status: int = 200) -> None:
    """Open a page that is there, or one that is not."""
    answer = await tab.goto(url)
    assert answer is not None and answer.status == status, url


async def look_up(tab: Page, live: Live, code: str, reference: str, known_fact: str) -> None:
    """Fill the form in and send it."""
    await go(tab, f"{live.url}/track?language={code}")
    await tab.locator("#reference").fill(reference)
    await tab.locator("#known_fact").fill(known_fact)
    await send(tab)


async def send(tab: Page) -> None:
    """Press the one button of the page."""
    async with tab.expect_navigation():
        await tab.locator("main button[type=submit]").first.click()


async def pages_of_everybody(tab: Page, live: Live, code: str) -> AsyncIterator[str]:
    """What somebody who waits may see, in one language."""
    for name, path in (("home", "/"), ("form", "/track"), ("offices", "/word"), ("word", "/o/northwick/word")):
        await go(tab, f"{live.url}{path}?language={code}")
        yield name
    await look_up(tab, live, code, live.references["late"], "")
    yield "form, half filled in"
    await look_up(tab, live, code, live.references["late"], "ZZ9 9ZZ")
    yield "form, refused"
    for name, reference in live.references.items():
        await look_up(tab, live, code, reference, "AB1 2CD")
        await tab.locator(".answer-now").wait_for()
        assert await tab.locator(".silent").count() == 0
        yield f"case, {name}"
    await go(tab, live.link(LinkKind.STOP, code))
    yield "stop"
    for name in ("stopped", "started again"):
        await send(tab)
        yield name
    await go(tab, live.link(LinkKind.FEEDBACK, code))
    yield "feedback"
    await send(tab)
    yield "feedback, nothing chosen"
    await tab.locator("#score-4").check()
    await send(tab)
    yield "thanks"


async def pages_of_staff(tab: Page, live: Live) -> AsyncIterator[tuple[str, str]]:
    """What staff see, with the language of each: the person's own page is in the person's language."""
    for name, path in (
        ("demo", "/demo"),
        ("outbox", "/outbox"),
        ("problem", "/problems/not-found"),
        ("sign in", "/desk/sign-in"),
    ):
        await go(tab, f"{live.url}{path}")
        yield name, "en"
    await tab.locator("#login").fill("ann")
    await tab.locator("#password").fill(PASSWORD)
    await tab.keyboard.press("Enter")
    await tab.wait_for_url(f"{live.url}/desk")
    yield "search", "en"
    await tab.locator("#typed").fill("smith")
    await tab.locator("main button").first.click()
    await tab.locator(".hits").wait_for()
    yield "results", "en"
    case = f"{live.url}/desk/cases/{await case_id(live.desk)}"
    for name, path, code in (
        ("desk reason", "", "en"),
        ("desk case", "?why=contacted", "en"),
        ("desk case in arabic", "?why=contacted&language=ar", "en"),
        ("page inside the desk", "/page?why=contacted&language=ar", "ar"),
    ):
        await go(tab, f"{case}{path}")
        yield name, code


async def in_one_language(tab: Page, live: Live, code: str) -> AsyncIterator[tuple[str, str]]:
    """What somebody who waits may see, and links that lead nowhere: those have no language but the browser's."""
    async for name in pages_of_everybody(tab, live, code):
        yield name, code
    await tab.set_extra_http_headers({"Accept-Language": code})
    for path in ("/stop/x", "/feedback/x", "/nope"):
        await go(tab, f"{live.url}{path}", 404)
        yield f"dead {path}", code


async def faults_of(tab: Page, code: str) -> list[str]:
    """What is wrong with the page that is open."""
    faults = []
    told = await tab.evaluate("[document.documentElement.lang, getComputedStyle(document.documentElement).direction]")
    if told != [code, "rtl" if code == "ar" else "ltr"]:
        faults.append(str(told))
    width, outside = await tab.evaluate(f"[document.documentElement.scrollWidth, {OUTSIDE}]")
    if width > 320 or outside:
        faults.append(f"{width} wide, {outside}")
    found = await Axe().run(tab, options=RULES)
    if found.violations_count:
        faults.append(found.generate_report())
    return faults


Walk = Callable[[Page, Live], AsyncIterator[tuple[str, str]]]
WALKS: dict[str, tuple[Walk, int]] = {
    "en": (partial(in_one_language, code="en"), 18),
    "ar": (partial(in_one_language, code="ar"), 18),
    "staff": (pages_of_staff, 10),
}
"""Who goes, and how many pages they meet."""


async def walked(browser: Browser, live: Live, name: str) -> list[str]:
    """Go one of the ways on the smallest phone: all faults that were met, each with its page."""
    walk, pages = WALKS[name]
    context = await browser.new_context(viewport={"width": 320, "height": 640})
    tab = await context.new_page()
    faults, seen = [], 0
    async for page_name, code in walk(tab, live):
        seen += 1
        faults += [f"{name}, {page_name}: {fault}" for fault in await faults_of(tab, code)]
        await kept(tab, f"every-{name}-{page_name}")
    await context.close()
    assert seen == pages
    return faults


async def test_every_page_is_right_in_both_directions_on_the_smallest_phone(browser: Browser, live: Live) -> None:
    # Side by side, because the inspector takes its time.
    faults = await asyncio.gather(*(walked(browser, live, name) for name in WALKS))
    assert not any(faults), "\n".join(each for found in faults for each in found)
