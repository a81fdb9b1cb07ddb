"""A text message is counted as it is billed, is as long as it may be, and never longer (hostile cases 58 and 59)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import gsm0338
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates import languages, phone, wording
from templates.environment import message
from tests.templates.samples import OUTREACH, PURPOSES
from tracker.core.answers.message_facts import OutreachFacts
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.segments import segments

CODEC = gsm0338.Codec()
SIGNS = "aé€ŵŷ^{😀👨‍👩‍👧ч１ ‘–\u00a0\u202e\u200de\u0301ñÁя"
NAMES = st.text(SIGNS, min_size=1, max_size=320).filter(lambda name: bool(wording.one_line(name)))


def counted(text: str) -> int:
    """The segments of a text, counted anew: by a codec of the GSM alphabet, or in units of UTF-16."""
    try:
        pieces = [CODEC.encode(each)[0] for each in text]
        units, single, several = [len(each) for each in pieces], 160, 153
    except UnicodeEncodeError:
        units, single, several = [len(each.encode("utf-16-be")) // 2 for each in text], 70, 67
    if sum(units) <= single:
        return 1
    filled = [0]
    for each in units:
        filled = [*filled, each] if filled[-1] + each > several else [*filled[:-1], filled[-1] + each]
    return len(filled)


@settings(deadline=None)
@given(st.text(SIGNS, max_size=400) | st.text(max_size=200))
def test_a_text_is_measured_as_it_is_billed(text: str) -> None:
    said = phone.phone_text(text)
    found = segments(said)
    assert phone.size(said) == phone.Size(found.count, found.encoding == "GSM-7")
    assert "\x1b" in said or found.count == counted(said)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(languages.offered()), st.sampled_from(PURPOSES), NAMES, st.text(SIGNS, max_size=300))
def test_whatever_is_put_into_a_text_it_takes_no_more_segments_than_it_may(
    language: str, purpose: str, name: str, said: str
) -> None:
    """Hostile cases 58 and 59: composed first, counted exactly, and never billed as ten."""
    facts = replace(OUTREACH, purpose=purpose, language=language, organisation=name, headline=said, delay_reason=said)
    text = message(purpose, language, "sms.txt", facts)
    assert segments(text).count == counted(text)
    assert phone.short_enough(text)
    assert wording.clean(text) == text.replace(wording.LEFT_TO_RIGHT_MARK, "")


def with_days(purpose: str, language: str, organisation: str) -> OutreachFacts:
    """News whose days are as long as days can be."""
    return replace(
        OUTREACH, purpose=purpose, language=language, organisation=organisation, delay_reason="", headline="x" * 60,
        next_word_by=date(2026, 9, 28), promise_on=date(2026, 9, 30), old_on=date(2026, 9, 23),
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "cy", "es"])
@pytest.mark.parametrize("purpose", Purpose)
def test_no_day_is_lost_to_a_limit_that_the_alphabet_does_not_need(language: str, purpose: str) -> None:
    """T16: Spanish texts lost the day of the next word; `¿`, `é` and `ñ` are in the alphabet that costs least."""
    name = "Mancomunidad del Rio Ñandu y Año N"
    short, long = (message(purpose, language, "sms.txt", with_days(purpose, language, each)) for each in ("Ñé", name))
    assert segments(long).encoding == "GSM-7"
    if segments(short.replace("Ñé", name)).count > segments(short).count:
        return  # so much more that a segment of that alphabet does not hold it
    for day in ("28", "30", "23"):
        assert (day in long) == (day in short), long


@pytest.mark.parametrize(
    ("name", "said", "room"),
    [("a" * 50, "b" * 20, 34), ("ŵ" * 50, "b" * 180, 19), ("ŵ" * 50, "b" * 198, 10), ("😀" * 50, "b" * 150, 26)],
)
def test_a_long_name_gives_way_to_what_is_said(name: str, said: str, room: int) -> None:
    assert phone.room_for_name(name, said, 34) == room


@pytest.mark.parametrize(("text", "most"), [("x" * 400, 306), ("ŵ" * 400, 201), ("😀" * 400, 200), ("€" * 400, 306)])
def test_what_no_text_can_hold_is_cut_and_shown_to_be(text: str, most: int) -> None:
    said = phone.cut(text)
    most_segments = 2 if segments(said).encoding == "GSM-7" else 3
    assert said.endswith("...") and segments(said).count == most_segments and segments(said).units >= most - 4


def test_a_link_that_is_longer_than_any_text_is_not_paid_for_in_ten() -> None:
    """Hostile case 59."""
    facts = replace(OUTREACH, purpose="feedback", feedback_url=f"https://track.example/{'x' * 1_500}")
    text = message("feedback", "en", "sms.txt", facts)
    assert segments(text).count == 2 and text.endswith("...")
    assert segments(message("feedback", "en", "sms.txt", facts, cut=False)).count > 9


@pytest.mark.parametrize(
    "text",
    [
        "می‌خواهم", "ශ්‍රී ලංකා", "क्‍ष", "र्‍", "নিউক্লিয়ার র‍্যাব", "👨‍👩‍👧 🏳️‍🌈 ❤️‍🔥", "🏴󠁧󠁢󠁷󠁬󠁳󠁿 Cymru", "ᠠ‍ᠠ",
    ],
)  # fmt: skip
def test_what_joins_letters_and_signs_stays_as_on_the_page(text: str) -> None:
    """T16: Persian, Sinhala, Hindi, Bengali, families, the flag of Wales."""
    assert wording.clean(text) == text
    assert text in message("updated", "en", "text.txt", replace(OUTREACH, note=text))
    assert text in message("updated", "en", "sms.txt", replace(OUTREACH, headline=text, promise_on=None))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nor\u200cth\u200dwick", "northwick"),
        ("a\u202eb\u2066c\u200bd\u2060e\ufeff", "abcde"),
        ("می\u200c\u200c\u200cخواهم \u200cرا\u200c", "می\u200cخواهم را"),
        ("x\U000e0067\U000e007f", "x"),
        ("\u200d\u200c", ""),
        ("😀\u200dx", "😀x"),
    ],
)
def test_what_steers_or_hides_is_taken_out(text: str, said: str) -> None:
    assert wording.clean(text) == said
