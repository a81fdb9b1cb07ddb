"""Every page renders for every kind of request, says only what is known, and escapes what others wrote."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from jinja2 import UndefinedError

from templates.environment import STATIC, direction, environment, page
from tests.templates import samples
from tracker.core.facts import CaseFacts, HistoryFacts, Moment

LABEL = "Postcode, surname or date of birth — whichever the office asks for"
WRONG = {"field": "reference", "message": "This reference has a typing mistake."}


def words(html: str) -> str:
    """What a person reads: no tags, single spaces, without the style of the page."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split()).replace(" .", ".").replace(" ,", ",")


def case(facts: CaseFacts, language: str = "en") -> str:
    return page("case.html", language, facts=facts)


PAGES = {
    "home": page("home.html", "en"),
    "form": page("track_form.html", "en", reference="", error=None, fact_label=LABEL),
    "form_error": page("track_form.html", "en", reference="CDFG", error=WRONG, fact_label=LABEL),
    "message": page("message_page.html", "en", title="You are signed out", remedy="Close this window."),
    "error": page("error.html", "en", status=404, title="Not here", remedy="Check the address."),
    "demo": page("demo.html", "en", links=[{"who": "You", "title": "Page", "url": "/track", "try": "Look"}]),
    "outbox": page("outbox.html", "en", caught=[samples.CAUGHT], now=samples.NOW),
    "outbox_empty": page("outbox.html", "en", caught=[], now=samples.NOW),
    **{f"case_{name}": case(facts) for name, facts in samples.CASES.items()},
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_whole(name: str) -> None:
    html = PAGES[name]
    assert html.startswith("<!doctype html>")
    assert html.count("<h1>") == 1
    assert '<meta name="robots" content="noindex, nofollow">' in html
    assert 'lang="en" dir="ltr"' in html
    assert 'id="help"' in html
    assert not re.search(r"\bNone\b|Undefined|\{\{|\{%|datetime\.", html)
    assert not re.search(r"[a-z0-9][.!?][A-Z]", words(html)), "two sentences without a space"


@pytest.mark.parametrize("name", PAGES)
def test_pages_need_no_script_and_no_inline_style(name: str) -> None:
    html = re.sub(r'srcdoc="[^"]*"', "", PAGES[name])
    assert "<script" not in html
    assert not re.search(r"<style|<[^>]*\s(?:style|on[a-z]+)=", html)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)


@pytest.mark.parametrize("name", PAGES)
def test_every_label_and_description_points_at_something(name: str) -> None:
    html = PAGES[name]
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for targets in re.findall(r'(?:aria-labelledby|aria-describedby|\sfor)="([^"]+)"', html):
        assert set(targets.split()) <= set(ids), targets
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


@pytest.mark.parametrize("name", samples.CASES)
def test_the_four_answers_come_first(name: str) -> None:
    html = PAGES[f"case_{name}"]
    places = [html.index(f'id="{section}-title"') for section in ("now", "do", "when", "past", "sent")]
    assert places == sorted(places)
    assert "CDFG-HJKM-NPR3" in html
    assert "progress" not in html
    assert "%" not in words(html)


def test_who_has_the_ball_is_said() -> None:
    assert "The next step is ours." in words(PAGES["case_ordinary"])
    assert "We are waiting for you." in words(PAGES["case_waiting_for_you"])
    assert "We are waiting for the police." in words(PAGES["case_waiting_for_others"])
    assert "We are waiting for somebody outside our office." in words(PAGES["case_bare_waiting_for_others"])


def test_tasks_carry_their_deadlines_and_what_came_is_no_task() -> None:
    said = words(PAGES["case_waiting_for_you"])
    assert "Please send us 2 things." in said
    assert "By Thursday 12 March 2026" in said
    assert "What we have from you The signed form (it came on 1 March 2026)" in said
    assert "The date may move by the days that we wait for you." in said


def test_a_deadline_that_passed_is_said_to_have_passed() -> None:
    late = replace(samples.PASSPORT, due_on=date(2026, 3, 4))
    assert "The last day was Wednesday 4 March 2026." in words(case(replace(samples.ORDINARY, needs=(late,))))
    today = replace(samples.PASSPORT, due_on=date(2026, 3, 5))
    assert "By Thursday 5 March 2026" in words(case(replace(samples.ORDINARY, needs=(today,))))


def test_a_date_says_whose_it_is_and_how_sure() -> None:
    said = words(PAGES["case_ordinary"])
    assert "By 24 March 2026. 9 in 10 requests like yours are finished by then." in said
    assert "We will write to you by 16 March 2026, even if nothing has changed." in said
    assert "The limit set by law is 17 April 2026. If we pass it, you can" in said
    assert "Riverton Council set this date." in words(PAGES["case_office_date"])
    slow = words(PAGES["case_slow_tail"])
    assert "Half are finished by 9 March 2026. 9 in 10 requests like yours are finished by 2 June 2026." in slow


def test_a_date_that_passed_is_not_repeated_as_if_it_stood() -> None:
    said = words(PAGES["case_late"])
    assert "Later than we said. We are sorry. We said 3 March 2026. That day has passed." in said
    assert "By 3 March 2026." not in said


def test_a_date_missed_on_an_open_request_is_owned_up_to() -> None:
    missed = replace(samples.PROMISE, outcome="missed", latest_on=date(2026, 3, 4))
    said = words(case(replace(samples.ORDINARY, promise=None, promises=(missed,))))
    assert "Later than we said. We are sorry. We said 4 March 2026." in said
    renewed = replace(missed, superseded_at=samples.at(3, 5))
    said = words(case(replace(samples.ORDINARY, promises=(samples.PROMISE, renewed))))
    assert "Later than we said" not in said
    assert "By 24 March 2026." in said


@pytest.mark.parametrize("reason", [None, "thin_history", "waiting_on_other"])
def test_without_a_date_there_is_a_reason_and_never_a_code(reason: str | None) -> None:
    said = words(case(replace(samples.ORDINARY, promise=None, promises=(), no_promise_reason=reason)))
    assert "We cannot give you a date yet." in said
    assert "We do not know enough yet" in said
    assert "_" not in said


def test_the_offices_own_reason_is_said() -> None:
    facts = replace(samples.ORDINARY, promise=None, no_promise_reason="The court sets the day.")
    assert "The court sets the day." in words(case(facts))


def test_a_silent_source_is_admitted_and_nothing_is_claimed_past_it() -> None:
    said = words(PAGES["case_silent"])
    assert "The last news from Riverton Council came at 02:00 on 5 March. Nothing has come since." in said
    assert "Nothing that we know of." in said
    assert "We cannot say right now. The date we gave you was 24 March 2026." in said
    assert "even if nothing has changed" not in said
    assert "What is happening now" not in said


def test_an_old_date_stays_visible() -> None:
    html = PAGES["case_changed"]
    assert "<s>10 March 2026</s>" in html
    assert "We gave it to you on 20 February 2026 and changed it on 2 March 2026." in words(html)
    assert "Dates that changed" not in PAGES["case_ordinary"]


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        ("done", "Your request is finished. We have done what we needed to do."),
        ("refused", "Your request is finished. The answer was no."),
        ("withdrawn", "Nobody is working on it any more."),
        ("merged", "Your request was joined to another one."),
    ],
)
def test_a_closed_request_says_how_it_ended_and_promises_nothing_more(outcome: str, sentence: str) -> None:
    said = words(case(replace(samples.DONE, outcome=outcome, next_word_by=date(2026, 4, 1))))
    assert sentence in said
    assert "We finished in time." in said
    assert "We will write to you by" not in said
    assert "When you will hear" not in said
    assert ("Citizens Advice" in said) is (outcome == "refused")


def test_a_missed_date_is_admitted_at_the_end() -> None:
    facts = replace(samples.DONE, promise=None, promises=(replace(samples.PROMISE, outcome="missed"),))
    assert "We were late. We are sorry." in words(case(facts))


def test_messages_say_no_more_than_is_known_and_withheld_ones_are_not_shown() -> None:
    states = ("due", "held", "sending", "sent", "delivered", "failed", "unknown", "withheld", "of_tomorrow")
    one = samples.ORDINARY.messages[0]
    said = words(case(replace(samples.ORDINARY, messages=tuple(replace(one, state=state) for state in states))))
    assert said.count("There is news (text message)") == len(states) - 1
    assert said.count("Waiting to be sent.") == 2
    assert said.count("We do not know whether it arrived.") == 2
    assert said.count("We do not know yet whether it arrived.") == 1
    assert "It did not arrive." in said
    assert "Arrived. We sent it at 11:00 on 2 March." in said


def test_the_newest_date_is_the_one_judged_at_the_end() -> None:
    newest = replace(samples.PROMISE, outcome="kept", latest_on=date(2026, 4, 1))
    older = replace(samples.PROMISE, outcome="withdrawn")
    said = words(case(replace(samples.DONE, promise=None, promises=(newest, older))))
    assert "By 1 April 2026. We finished in time." in said


def test_silence_after_the_end_is_no_news() -> None:
    said = words(case(replace(samples.DONE, source_silent=True)))
    assert "Nothing has come since" not in said
    assert "The last news from Riverton Council came at 02:00 on 5 March." in said


def test_a_note_without_a_stage_is_a_line_and_an_empty_line_is_none() -> None:
    lines = (HistoryFacts(Moment(at=samples.NOW), None, "", "Bring a pen."), HistoryFacts(Moment(), None, "", ""))
    html = case(replace(samples.ORDINARY, history=lines))
    assert "A note from the office Bring a pen." in words(html)
    assert html.count('class="timeline-when"') == 1


def test_no_code_of_a_reason_is_shown() -> None:
    old = replace(samples.PROMISE, superseded_at=samples.at(3, 4), reason="office_changed_date")
    said = words(case(replace(samples.ORDINARY, promises=(samples.PROMISE, old))))
    assert "Riverton Council set a new date." in said
    assert "_" not in said


def test_a_day_without_a_time_stays_a_day() -> None:
    said = words(PAGES["case_ordinary"])
    assert "On 20 February We have your request" in said
    assert "00:00" not in said


def test_instants_are_told_in_the_readers_zone() -> None:
    facts = replace(samples.ORDINARY, zone="Pacific/Auckland", history=(), messages=())
    facts = replace(facts, stage=replace(facts.stage, since=Moment(at=samples.at(3, 2, 13, 5))))
    assert "This began at 02:05 on 3 March." in words(case(facts))
    assert "at 13:05 on 2 March 2025" in words(
        case(replace(samples.ORDINARY, last_reported_at=samples.at(3, 2, 13, 5).replace(year=2025)))
    )


def test_markup_of_others_is_text() -> None:
    html = PAGES["case_markup"]
    assert "<script>alert" not in html
    assert "<b onclick" not in html
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in html


@pytest.mark.parametrize("language", ["en", "cy", "es", "ar", "ar-EG", "zz"])
def test_every_language_code_renders(language: str) -> None:
    html = case(replace(samples.ORDINARY, language=language), language)
    assert f'lang="{language}" dir="{"rtl" if language.startswith("ar") else "ltr"}"' in html
    assert direction("he") == "rtl"


def test_dates_follow_the_language() -> None:
    assert "24 Mawrth 2026" in case(samples.ORDINARY, "cy")
    assert "24 de marzo de 2026" in case(samples.ORDINARY, "es")


def test_the_form_keeps_the_reference_and_never_the_fact() -> None:
    html = PAGES["form_error"]
    assert 'value="CDFG"' in html
    assert '<a href="#reference">This reference has a typing mistake.</a>' in html
    assert 'aria-invalid="true"' in html
    assert re.search(r'name="known_fact" value=""', html)
    assert html.count('autocomplete="off"') == 2
    assert "<title>Error:" in html
    assert "aria-invalid" not in PAGES["form"]


def test_the_outbox_isolates_mail_and_says_that_nothing_left() -> None:
    mail = replace(
        samples.CAUGHT,
        channel="email",
        subject="News",
        html='<p style="x">"Hi"</p><script>1</script>',
        segments=None,
    )
    html = page("outbox.html", "en", caught=[samples.CAUGHT, mail], now=samples.NOW, zone="Europe/London")
    assert 'sandbox="" srcdoc="&lt;p style=&#34;x&#34;&gt;' in html
    assert "<script" not in html
    assert "Nothing here has left the sandbox." in html
    assert "1 segment, GSM-7, 66 units" in words(html)
    assert "No message has been caught yet." in PAGES["outbox_empty"]
    filters = {"organisations": ["A", "B"], "organisation": "B", "reference": "CDFG"}
    assert '<option value="B" selected>' in page("outbox.html", "en", caught=[], now=samples.NOW, filters=filters)


@pytest.mark.parametrize(
    ("name", "context"),
    [
        ("case.html", {}),
        ("track_form.html", {"reference": "", "fact_label": ""}),
        ("track_form.html", {"reference": "", "error": None}),
        ("error.html", {"title": "", "remedy": ""}),
        ("outbox.html", {"caught": []}),
        ("demo.html", {}),
    ],
)
def test_a_missing_variable_is_an_error(name: str, context: dict[str, object]) -> None:
    with pytest.raises(UndefinedError):
        page(name, "en", **context)


def test_every_template_compiles_and_every_page_is_tried_here() -> None:
    names = environment().list_templates(extensions=["html", "txt"])
    for name in names:
        environment().get_template(name)
    pages = {name.removeprefix("pages/") for name in names if re.fullmatch(r"pages/[a-z_]+\.html", name)}
    assert pages == {
        "base.html", "case.html", "demo.html", "error.html", "home.html", "message_page.html", "outbox.html",
        "track_form.html",
    }  # fmt: skip


def test_the_style_sheet_is_small_and_knows_no_left_or_right() -> None:
    css = (STATIC / "tracker.css").read_text(encoding="utf-8")
    assert len(css) < 20_000
    assert "url(" not in css
    assert "@import" not in css
    assert not re.search(
        r"(?:margin|padding|border)-(?:left|right)|\b(?:left|right)\s*:|text-align:\s*(?:left|right)", css
    )
