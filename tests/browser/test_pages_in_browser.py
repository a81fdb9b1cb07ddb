"""The pages as a person meets them: narrow, zoomed, by keyboard, without JavaScript, read aloud."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Route

from templates.environment import STATIC, message, page
from tests.browser.inspector import RULES
from tests.browser.tabs import WIDTHS, tab_of
from tests.templates import samples
from tests.templates.given import caught_sample, word_samples
from tracker.core.answers.message_facts import CaughtFacts
from tracker.core.vocabulary.segments import segments

pytestmark = pytest.mark.browser

ORIGIN = "http://tracker.test"
STRICT = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
OUTBOX = STRICT.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
"""A srcdoc frame inherits the page's policy, and mail needs its inline styles: for the outbox alone."""

LABEL = "Postcode, surname or date of birth — whichever the office asks for"
MISTYPED = {"field": "reference", "message": "This reference has a typing mistake."}
MISSING = {"field": "known_fact", "message": "Type your postcode, surname or date of birth."}


def caught() -> list[CaughtFacts]:
    facts = replace(samples.OUTREACHES["asked"], purpose="action_needed")
    text = message("action_needed", "en", "sms.txt", facts)
    size = segments(text)
    return [
        replace(caught_sample.CAUGHT, text=text, segments=size.count, encoding=size.encoding, units=size.units),
        replace(
            caught_sample.CAUGHT,
            id="m-2",
            channel="email",
            address="sam@example.org",
            subject=message("action_needed", "en", "subject.txt", facts),
            text=message("action_needed", "en", "text.txt", facts),
            html=message("action_needed", "en", "html.html", facts),
            segments=None,
            encoding=None,
            units=None,
        ),
    ]


FILTERS = {"organisations": ["Riverton Council"], "organisation": "", "reference": ""}
CODE = "curl -X POST https://example.org/api/v1/events"
LINKS = [{"who": "Citizen", "title": "Look at a request", "url": "/track", "try": "Use CDFG-HJKM-NPR3.", "code": CODE}]
PAGES = {
    "home": page("home.html", "en"),
    "form": page("track_form.html", "en", reference="", error=None, fact_label=LABEL),
    "form_mistyped": page("track_form.html", "en", reference="CDFG", error=MISTYPED, fact_label=LABEL),
    "form_boxes": page(
        "track_form.html",
        "en",
        reference="CDFG",
        error={"field": "day", "kind": "ambiguous"},
        fact_label="",
        boxes={"day": "", "month": "", "year": "1980"},
    ),
    "form_missing": page("track_form.html", "en", reference="CDFG", error=MISSING, fact_label=LABEL),
    "error": page("error.html", "en", status=404, title="We cannot find this page", remedy="Start again."),
    "outbox": page("outbox.html", "en", caught=caught(), now=samples.NOW, filters=FILTERS),
    "outbox_empty": page("outbox.html", "en", caught=[], now=samples.NOW),
    "demo": page("demo.html", "en", links=LINKS, clock="Monday 02 March 2026 10:00"),
    "word": page("word.html", "en", told=word_samples.WORDS["several"]),
    "word_rtl": page("word.html", "ar", told=word_samples.WORDS["several"]),
    "word_offices": page("word_offices.html", "en", offices=[("riverton", "Riverton Council")]),
    "rtl": page("case.html", "ar", facts=replace(samples.ORDINARY, language="ar")),
    **{f"case_{name}": page("case.html", "en", facts=facts) for name, facts in samples.CASES.items()},
}


async def serving(browser: Browser, *, javascript: bool) -> BrowserContext:
    """A window to which `PAGES` are served from memory, each under the policy that it is to have."""
    context = await browser.new_context(java_script_enabled=javascript)

    async def serve(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).split("?")[0]
        name = path.removeprefix("/")
        if path == "/static/tracker.css":
            css = (STATIC / "tracker.css").read_text(encoding="utf-8")
            await route.fulfill(body=css, content_type="text/css; charset=utf-8")
        elif name in PAGES:
            policy = OUTBOX if name.startswith("outbox") else STRICT
            headers = {"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"}
            await route.fulfill(body=PAGES[name], content_type="text/html; charset=utf-8", headers=headers)
        else:
            await route.fulfill(status=404, body="")

    await context.route("**/*", serve)
    return context


@pytest.fixture
async def visit(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A window without JavaScript: every page must do without."""
    context = await serving(browser, javascript=False)
    yield context
    await context.close()


@pytest.fixture
async def inspected(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A window in which the inspector's own script may run; without timers it would wait for ever."""
    context = await serving(browser, javascript=True)
    yield context
    await context.close()


@pytest.mark.parametrize("size", WIDTHS)
async def test_nothing_scrolls_sideways(visit: BrowserContext, size: str) -> None:
    tab, complaints = await tab_of(visit, size)
    for name in PAGES:
        await tab.goto(f"{ORIGIN}/{name}")
        room = await tab.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert room[0] <= room[1], f"{name} is {room[0]} wide in {room[1]}"
    assert complaints == []


@pytest.mark.parametrize("size", ["small", "desk"])
async def test_axe_finds_nothing(inspected: BrowserContext, size: str) -> None:
    tab, _ = await tab_of(inspected, size)
    for name in PAGES:
        await tab.goto(f"{ORIGIN}/{name}")
        results = await Axe().run(tab, options=RULES)
        assert results.violations_count == 0, f"{name}: {results.generate_report()}"


@pytest.mark.parametrize(
    "name", ["home", "form_mistyped", "form_boxes", "case_refused", "case_waiting_for_you", "outbox", "demo"]
)
async def test_the_keyboard_reaches_every_control_and_shows_where_it_is(visit: BrowserContext, name: str) -> None:
    tab, _ = await tab_of(visit, "small")
    await tab.goto(f"{ORIGIN}/{name}")
    controls = await tab.evaluate(
        "[...document.querySelectorAll('a[href], button, input, select, summary')].map((each, place) =>"
        " (each.dataset.place = String(place)))"
    )
    reached = []
    for _step in range(len(controls) + 10):
        await tab.keyboard.press("Tab")
        place, outlined = await tab.evaluate(
            "[document.activeElement.dataset.place ?? null,"
            " getComputedStyle(document.activeElement).outlineStyle !== 'none']"
        )
        if place is not None:
            reached.append(place)
            assert outlined, f"control {place} of {name} does not show its focus"
    assert set(controls) <= set(reached)
    order = [int(each) for each in dict.fromkeys(reached)]
    assert order == sorted(order)


async def test_the_first_phone_screen_says_what_now_what_to_do_and_when(visit: BrowserContext) -> None:
    tab, _ = await tab_of(visit, "phone")
    for name in ("case_ordinary", "case_office_date", "case_refused", "case_done", "case_waiting_for_others"):
        await tab.goto(f"{ORIGIN}/{name}")
        bottom = await tab.evaluate(
            "document.querySelector('#when-title + .answer-main').getBoundingClientRect().bottom"
        )
        assert bottom <= 740, f"{name}: the date ends at {bottom}"


async def test_controls_are_large_enough_to_touch(visit: BrowserContext) -> None:
    tab, _ = await tab_of(visit, "small")
    await tab.goto(f"{ORIGIN}/form")
    for box in await tab.locator("input, button, header a").all():
        place = await box.bounding_box()
        if place is not None and place["y"] >= 0:
            assert place["height"] >= 24, await box.evaluate("each => each.outerHTML")


async def test_mail_is_shown_with_its_styles_and_can_do_nothing(visit: BrowserContext) -> None:
    tab, complaints = await tab_of(visit, "desk")
    await tab.goto(f"{ORIGIN}/outbox")
    frame = tab.frame_locator("iframe.mail")
    await frame.get_by_text("What you need to do").wait_for()
    colour = await frame.locator("h2").first.evaluate("each => getComputedStyle(each).color")
    assert colour == "rgb(18, 50, 74)"
    assert await tab.locator("iframe.mail").get_attribute("sandbox") == ""
    assert complaints == []


async def test_right_to_left_mirrors_the_page(visit: BrowserContext) -> None:
    tab, _ = await tab_of(visit, "small")
    sides = {}
    for name in ("case_ordinary", "rtl"):
        await tab.goto(f"{ORIGIN}/{name}")
        sides[name] = await tab.evaluate(
            "(({borderLeftWidth, borderRightWidth}) => [borderLeftWidth, borderRightWidth])"
            "(getComputedStyle(document.querySelector('.answer-now')))"
        )
    assert sides["rtl"] == sides["case_ordinary"][::-1]


async def test_print_leaves_out_what_paper_cannot_do(visit: BrowserContext) -> None:
    tab, _ = await tab_of(visit, "desk")
    await tab.emulate_media(media="print")
    await tab.goto(f"{ORIGIN}/case_ordinary")
    assert not await tab.get_by_role("link", name="Get help").is_visible()
    assert await tab.get_by_text("Your reference:").first.is_visible()
