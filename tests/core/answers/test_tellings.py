"""What counts as telling somebody of a date: held to the templates, which alone have the words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from templates import languages
from templates.environment import message
from tests.templates.samples import NOW, ORDINARY, OUTREACHES, PROMISE
from tracker.core.answers.facts import ToldFacts
from tracker.core.answers.tellings import SPOKEN, Listener, Way, shown, untold
from tracker.core.outreach.dates_named import dates_named_to, names_date
from tracker.core.outreach.topics import Spoken
from tracker.core.vocabulary.messages import MessageState, Purpose
from tracker.core.vocabulary.words import Channel, Role
from tracker.flows.outreach.release import named

DAY, OTHER = date(2027, 8, 17), date(2028, 9, 23)
"""Days that no sample names."""

OFFICES = replace(PROMISE, basis="office", latest_on=date(2026, 4, 27), probability=None, half_by_on=None)
PART = {Channel.EMAIL: "text.txt", Channel.SMS: "sms.txt"}


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("purpose", Purpose)
def test_a_message_names_its_date_exactly_when_the_rule_says_so(purpose: Purpose, channel: Channel) -> None:
    for language in languages.offered():
        for name, sample in OUTREACHES.items():
            if sample.outcome is not None and purpose in (Purpose.DATE_CHANGED, Purpose.DELAYED):
                continue  # what is over has no date that could change
            said = [
                message(purpose, language, PART[channel], replace(sample, purpose=purpose, promise_on=day))
                for day in (DAY, OTHER)
            ]
            closed = sample.outcome is not None
            rule = names_date(purpose, channel, sensitive=sample.sensitive, closed=closed)
            assert (said[0] != said[1]) is rule, f"{name} in {language}"


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("purpose", Purpose)
def test_a_text_gives_no_date_whose_day_is_over_and_so_tells_none(purpose: Purpose, channel: Channel) -> None:
    """T6: what no text has named, nobody who has texts alone was told."""
    past = [NOW.date() - timedelta(days=days) for days in (1, 40)]
    for language in languages.offered():
        said = [
            message(purpose, language, PART[channel], replace(OUTREACHES["ordinary"], purpose=purpose, promise_on=day))
            for day in past
        ]
        rule = names_date(purpose, channel, sensitive=False, closed=False, over=True)
        assert (said[0] != said[1]) is rule, language


@pytest.mark.parametrize(("day", "known"), [(NOW.date(), True), (NOW.date() - timedelta(days=1), False)])
def test_a_text_after_its_day_puts_no_date_on_record_and_nobody_knows_it_by_that(day: date, known: bool) -> None:
    """T6: neither what is written down as told, nor by what one decides whom a change concerns."""
    id_, text = UUID(int=7), (Purpose.STILL_WORKING, Channel.SMS)
    facts = {"promise": str(id_), "promise_on": day.isoformat(), "outcome": None, "sensitive": False}
    assert named(*text, facts, NOW.date()) == (id_ if known else None)
    said = Spoken(
        "k", text[0], "1", "c", MessageState.SENT, told_at=NOW, channel=text[1], promise=str(id_), promise_on=day
    )
    assert dates_named_to([said], "Europe/London").get("1", frozenset()) == ({str(id_)} if known else frozenset())


def test_every_role_can_be_told_and_every_channel_is_a_way() -> None:
    assert {*Role} == {*Listener} - {Listener.PUBLIC, Listener.STAFF}
    assert {*Channel} <= {*Way}


@pytest.mark.parametrize("way", [*SPOKEN, Way.PAGE])
def test_the_page_gives_the_date_it_leads_with_and_the_offices_beside_it(way: Way) -> None:
    facts = replace(ORDINARY, promise=PROMISE, promises=(OFFICES, PROMISE))
    assert shown(facts, way) == (PROMISE, OFFICES)
    assert shown(replace(facts, promise=OFFICES, promises=(OFFICES,)), way) == (OFFICES,)
    assert shown(replace(facts, source_silent=True), way) == (PROMISE,), "the office's is not on the page then"
    assert shown(replace(facts, promise=None, promises=()), way) == ()


@pytest.mark.parametrize("way", [Way.API, Way.DESK])
def test_answers_that_list_all_dates_give_all_that_stand(way: Way) -> None:
    facts = replace(ORDINARY, promise=PROMISE, promises=(OFFICES, PROMISE), source_silent=True)
    assert shown(facts, way) == (OFFICES, PROMISE)


@pytest.mark.parametrize("way", Way)
def test_a_date_that_holds_no_more_is_owned_up_to_and_not_given(way: Way) -> None:
    replaced = replace(PROMISE, superseded_at=NOW, reason="likely_late")
    missed = replace(PROMISE, outcome="missed")
    passed = replace(PROMISE, latest_on=NOW.date() - timedelta(days=1))
    for each in (replaced, missed):
        assert shown(replace(ORDINARY, promise=None, promises=(each,)), way) == ()
    assert shown(replace(ORDINARY, promise=passed, promises=(passed,)), way) == ()
    today = replace(PROMISE, latest_on=NOW.date())
    assert shown(replace(ORDINARY, promise=today, promises=(today,)), way) == (today,)


def test_what_was_told_to_the_same_audience_in_the_same_way_is_told_no_more() -> None:
    told = replace(PROMISE, told=(ToldFacts("public", "page", NOW), ToldFacts("staff", "desk", NOW)))
    facts = replace(ORDINARY, promise=told, promises=(told,))
    assert untold(facts, Listener.PUBLIC, Way.PAGE) == ()
    assert untold(facts, Listener.PUBLIC, Way.API) == (told,)
    assert untold(facts, Listener.STAFF, Way.DESK) == ()
    assert untold(facts, Listener.STAFF, Way.PAGE) == (told,)
