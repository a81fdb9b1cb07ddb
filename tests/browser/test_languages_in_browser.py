"""The pages in every language as people meet them: read aloud, narrow, and mirrored where the script asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, Route

from templates import languages
from templates.environment import STATIC, page
from tests.browser.inspector import RULES
from tests.templates import samples
from tracker.core.answers.facts import CaseFacts

pytestmark = pytest.mark.browser

ORIGIN = "http://tracker.test"
HEIGHTS = {320: 640, 360: 740}

MISTYPED = {"field": "reference", "kind": "mistyped"}
MISSING = {"field": "known_fact", "kind": "no_fact"}
REQUESTS = {
    "open": samples.CHANGED,
    "closed": samples.REFUSED,
    "needs": samples.WAITING_FOR_YOU,
    "late": samples.LATE,
    "silent": samples.SILENT,
    "others": samples.WAITING_FOR_OTHERS,
}
IN_ARABIC = {
    "headline": "نراجع أوراقك",
    "meaning": "أحد أعضاء فريقنا يراجع كل ما وصلنا منك.",
    "next": "عندما تكتمل الأوراق نتخذ القرار.",
    "you_can": "يمكنك إحضارها إلى مبنى البلدية.",
    "if_late": "يبقى طلبك في مكانه.",
    "other": "الشرطة",
}


def request(facts: CaseFacts, code: str) -> CaseFacts:
    """A request whose service speaks this language: really so in Arabic, where the direction matters."""
    if code != "ar":
        return replace(facts, language=code)
    stage = replace(facts.stage, **{name: text for name, text in IN_ARABIC.items() if getattr(facts.stage, name)})
    return replace(
        facts,
        stage=stage,
        service="تصريح وقوف سيارات السكان",
        help="اتصل بالرقم 01632 960 001، من الاثنين إلى الجمعة.",
        complaint="اكتب إلى complaints@riverton.example وسنرد خلال عشرة أيام عمل.",
        language="ar",
    )


def pages(code: str) -> dict[str, str]:
    """The pages of one language."""
    made = {
        "home": page("home.html", code, chosen=code),
        "form": page("track_form.html", code, reference="", error=None, fact_label="", chosen=code),
        "error": page("error.html", code, status=404, title="We cannot find this page", remedy="Start again."),
    }
    for name, wrong in (("form_mistyped", MISTYPED), ("form_missing", MISSING)):
        made[name] = page("track_form.html", code, reference="CDFG", error=wrong, fact_label="", chosen=code)
    for name, facts in REQUESTS.items():
        made[f"case_{name}"] = page("case.html", code, facts=request(facts, code), chosen=code)
    return {f"{code}/{name}": html for name, html in made.items()}


PAGES = {name: html for code in languages.offered() for name, html in pages(code).items()}


async def serving(browser: Browser, *, javascript: bool) -> BrowserContext:
    """A window to which `PAGES` are served from memory."""
    context = await browser.new_context(java_script_enabled=javascript)

    async def serve(route: Route) -> None:
        path = route.request.url.removeprefix(f"{ORIGIN}/").partition("?")[0]
        if path == "static/tracker.css":
            css = (STATIC / "tracker.css").read_text(encoding="utf-8")
            await route.fulfill(body=css, content_type="text/css; charset=utf-8")
        elif path in PAGES:
            await route.fulfill(body=PAGES[path], content_type="text/html; charset=utf-8")
        else:
            await route.fulfill(status=404, body="")

    await context.route("**/*", serve)
    return context


@pytest.fixture
async def tab(browser: Browser) -> AsyncIterator[Page]:
    """A page without JavaScript."""
    context = await serving(browser, javascript=False)
    yield await context.new_page()
    await context.close()


@pytest.fixture
async def inspected(browser: Browser) -> AsyncIterator[Page]:
    """A page in which the inspector's own script may run."""
    context = await serving(browser, javascript=True)
    yield await context.new_page()
    await context.close()


async def test_axe_finds_nothing(inspected: Page) -> None:
    # In Arabic: these pages in English are in test_pages_in_browser. No breakpoint lies between 320 and 360.
    await inspected.set_viewport_size({"width": 320, "height": HEIGHTS[320]})
    for name in (name for name in PAGES if name.startswith("ar/")):
        await inspected.goto(f"{ORIGIN}/{name}")
        results = await Axe().run(inspected, options=RULES)
        assert results.violations_count == 0, f"{name}: {results.generate_report()}"


@pytest.mark.parametrize("width", HEIGHTS)
@pytest.mark.parametrize("code", languages.offered())
async def test_nothing_scrolls_sideways(tab: Page, code: str, width: int) -> None:
    await tab.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    for name in (name for name in PAGES if name.startswith(f"{code}/")):
        await tab.goto(f"{ORIGIN}/{name}")
        room = await tab.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert room[0] <= room[1], f"{name} is {room[0]} wide in {room[1]}"
        # What runs out to the left of a page that is written from right to left cannot even be scrolled to.
        outside = await tab.evaluate(
            "[...document.querySelectorAll('main *, footer *, header *, nav *')].filter(each =>"
            " { const {left, right} = each.getBoundingClientRect(); return left < -1 || right > innerWidth + 1 })"
            ".map(each => each.outerHTML.slice(0, 80))"
        )
        assert outside == [], name


@pytest.mark.parametrize("code", languages.offered())
async def test_what_now_what_to_do_and_when_are_on_the_first_screen(tab: Page, code: str) -> None:
    await tab.set_viewport_size({"width": 360, "height": 740})
    for name in ("case_open", "case_closed", "case_late"):
        await tab.goto(f"{ORIGIN}/{code}/{name}")
        box = await tab.locator("#when-title + .answer-main").bounding_box()
        assert box is not None and box["y"] + box["height"] <= 740, f"{name}: {box}"


AT_THE_START = (".top-name", ".heading h1", ".answer-now h2", ".timeline-when")
AT_THE_END = (".top-help",)


async def test_arabic_is_the_mirror_of_english(tab: Page) -> None:
    await tab.set_viewport_size({"width": 1280, "height": 900})
    gaps: dict[str, dict[str, float]] = {"en": {}, "ar": {}}
    for code, found in gaps.items():
        await tab.goto(f"{ORIGIN}/{code}/case_open")
        for place in AT_THE_START + AT_THE_END:
            box = await tab.locator(place).first.bounding_box()
            assert box is not None
            to_the_left, to_the_right = box["x"], 1280 - box["x"] - box["width"]
            found[place] = to_the_left if (place in AT_THE_START) == (code == "en") else to_the_right
    for place, gap in gaps["en"].items():
        assert abs(gaps["ar"][place] - gap) < 1, place
        assert gap < 320, place


@pytest.mark.parametrize(
    ("place", "first", "last"),
    [("#help bdi", "01632", "001"), ("#help .reference", "CDFG", "NPR3"), (".caption", "Riverton", "Council")],
)
async def test_numbers_run_from_left_to_right_among_arabic(tab: Page, place: str, first: str, last: str) -> None:
    await tab.goto(f"{ORIGIN}/ar/case_open")
    places = await tab.locator(place).first.evaluate(
        "(each, parts) => { const text = document.createTreeWalker(each, NodeFilter.SHOW_TEXT).nextNode();"
        " return parts.map(part => { const range = document.createRange(); const start = text.data.indexOf(part);"
        " range.setStart(text, start); range.setEnd(text, start + part.length);"
        " return range.getBoundingClientRect().left }) }",
        [first, last],
    )
    assert places[0] < places[1]


@pytest.mark.parametrize("code", languages.offered())
async def test_the_switch_can_be_touched_and_leads_to_the_other_languages(tab: Page, code: str) -> None:
    await tab.set_viewport_size({"width": 320, "height": 640})
    await tab.goto(f"{ORIGIN}/{code}/home")
    links = await tab.locator("nav.languages a").all()
    assert len(links) == len(languages.offered()) - 1
    for link in links:
        box = await link.bounding_box()
        assert box is not None and box["height"] >= 24 and box["width"] >= 24
        assert await link.get_attribute("hreflang") == await link.get_attribute("lang") != code
