"""One building permit, from the day it came in to the question how it went: everything over HTTP and SMTP, as real
servers speak them, to four people in four languages.

With TRACKER_STORY_DIR set, what arrived and what the page said at each step is kept there to be looked at.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from tests.desk_staff import Agent, signed_in
from tests.journeys.conftest import until
from tests.journeys.keepsakes import LONDON, is_a_good_letter, keep, save
from tests.journeys.post_office import SMS_FROM, Arrived, post_office
from tests.journeys.story import DAY, HOUR, NINE, NUMBER, PEOPLE, Story, opened
from tests.office import open_desk
from tracker.core.vocabulary.segments import segments
from tracker.store.ground.engine import Store

WAIT = timedelta(minutes=10)
"""So long an update waits for others: what was brought, and what the office did with it, are one message."""

ROAD = [
    "acknowledged",
    "updated",
    "action_needed",
    "reminder",
    "updated",
    "updated",
    "corrected",
    "still_working",
    "delayed",
    "date_changed",
    "finished",
    "feedback",
]
"""What each of them hears, in this order, and nothing else."""


async def test_a_permit_from_the_day_it_came_in_to_the_question_how_it_went(store: Store, tmp_path: Path) -> None:
    async with post_office() as post, opened(store, tmp_path, post) as story:
        try:
            await _comes_in_at_nine(story)
            await _documents_are_asked_for_and_reminded_of(story)
            await _a_slip_is_taken_back(story)
            old_on = await _nothing_happens_and_they_hear_so(story)
            await _the_date_moves_before_it_breaks(story, old_on)
            await _it_is_decided(story)
            await _they_are_asked_how_it_went(story)
            await _an_agent_sees_all_of_it(story)
            _everything_arrived_as_it_should(story, await post.arrived(story.desk))
        finally:
            keep(await post.arrived(story.desk))


async def _comes_in_at_nine(story: Story) -> None:
    answer = await story.status(NUMBER, "REC", at=NINE)
    story.reference = str(answer.json()["reference"])
    for place, (language, (role, name, channel, address)) in enumerate(PEOPLE.items()):
        channels = [{"channel": channel, "address": address}]
        given = {"role": role, "name": name, "language": language, "channels": channels}
        told = await story.party(NUMBER, at=NINE, party=str(place + 1), **given)
        assert told.status_code == 202, told.text

    async def all_heard() -> bool:
        return len(await story.mailroom.arrived(story.desk)) == len(PEOPLE)

    await until(all_heard)
    english, *_ = await story.expect("acknowledged", NINE, within=timedelta(seconds=10))
    assert story.reference in english.said
    await story.keep("received")

    await story.wait_until(NINE + HOUR)
    await story.status(NUMBER, "VAL", at=NINE + HOUR)
    await story.wait_until(NINE + 2 * HOUR)
    await story.expect("updated", NINE + HOUR + WAIT)
    promise = (await story.told(story.reference))["promise"]
    assert (promise["basis"], promise["cases"]) == ("history", 40)
    await story.keep("checking")


async def _documents_are_asked_for_and_reminded_of(story: Story) -> None:
    asked_at = NINE + DAY + 2 * HOUR
    await story.wait_until(asked_at)
    plan = {"item": "plan", "code": "floor_plan", "due_on": "2026-03-16"}
    await story.status(NUMBER, "RFI", at=asked_at)
    await story.say(NUMBER, "case.needs", asked_at, items=[plan])
    await story.wait_until(asked_at + HOUR / 2)
    english, *_ = await story.expect("action_needed", asked_at)
    assert "A drawing of each floor, with sizes in metres" in english.said
    assert "16 March" in english.said
    await story.keep("more-needed")

    await story.live_until(datetime(2026, 3, 13, 12, tzinfo=UTC))
    english, *_ = await story.expect("reminder", datetime(2026, 3, 13, 10, tzinfo=UTC))
    assert "16 March" in english.said

    supplied_at = datetime(2026, 3, 16, 11, tzinfo=UTC)
    await story.live_until(supplied_at)
    brought = {"item": "plan", "code": "floor_plan", "supplied_at": supplied_at.isoformat()}
    await story.say(NUMBER, "case.needs", supplied_at, items=[brought])
    await story.status(NUMBER, "ASSESS", at=supplied_at)
    await story.wait_until(supplied_at + HOUR)
    await story.expect("updated", supplied_at + WAIT)
    await story.keep("assessing")


async def _a_slip_is_taken_back(story: Story) -> None:
    """Said on a Tuesday, taken back within the hour: those who heard it hear that too."""
    slip_at = datetime(2026, 3, 17, 14, tzinfo=UTC)
    await story.live_until(slip_at)
    await story.status(NUMBER, "CONSULT", at=slip_at, id="slip")
    await story.wait_until(slip_at + HOUR)
    await story.expect("updated", slip_at + WAIT)
    await story.say(NUMBER, "case.correction", slip_at + HOUR, event="slip", why="The wrong file")
    await story.wait_until(slip_at + 2 * HOUR)
    await story.expect("corrected", slip_at + HOUR)
    assert "A planning officer is looking at your plans" in await story.reads(story.reference)


async def _nothing_happens_and_they_hear_so(story: Story) -> date:
    """The word comes by the day that was promised. Returns the date that stands then."""
    told = await story.told(story.reference)
    by = date.fromisoformat(told["next_word_by"])
    await story.live_until(datetime.combine(by, NINE.timetz()) + 3 * HOUR)
    words = await story.expect("still_working", datetime.combine(by, datetime.min.time(), LONDON), within=DAY)
    assert all(word.at.astimezone(LONDON).date() <= by for word in words)
    await story.keep("still-working")
    return date.fromisoformat(told["promise"]["latest_on"])


async def _the_date_moves_before_it_breaks(story: Story, old_on: date) -> None:
    """They hear that it may be late, and of the new date, before the old one has passed."""
    await story.live_until(datetime.combine(old_on, NINE.timetz()) - HOUR)
    for language in PEOPLE:
        warned = [word for word in await story.heard(language) if word.purpose == "delayed"]
        moved = [word for word in await story.heard(language) if word.purpose == "date_changed"]
        assert len(warned) == len(moved) == 1, (language, warned, moved)
        assert warned[0].at < moved[0].at
        assert moved[0].at.astimezone(LONDON).date() < old_on
    new_on = date.fromisoformat((await story.told(story.reference))["promise"]["latest_on"])
    assert new_on > old_on
    english = next(word for word in await story.heard() if word.purpose == "date_changed")
    for day in (old_on, new_on):
        assert f"{day.day} {day:%B}" in english.said
    page = await story.reads(story.reference)
    assert f"Old date: {old_on.day} {old_on:%B}" in page
    await story.keep("date-changed")


async def _it_is_decided(story: Story) -> None:
    """Late in the evening, as batches run: nobody is woken by it."""
    evening = datetime.combine((await story.desk.now()).date() + DAY, time(22, 30), LONDON)
    await story.live_until(evening)
    await story.status(NUMBER, "GRANTED", at=evening, served_on=evening.date().isoformat())
    morning = datetime.combine(evening.date() + DAY, time(8), LONDON)
    await story.wait_until(morning + HOUR)
    english, *_ = await story.expect("finished", morning)
    assert "You have your building permit" in english.said
    await story.keep("granted")


async def _they_are_asked_how_it_went(story: Story) -> None:
    """Following the link records nothing: mail programs follow links too. Sending the form does."""
    asked_at = datetime.combine((await story.desk.now()).date() + 2 * DAY, time(10), LONDON)
    await story.live_until(asked_at + HOUR)
    for word in await story.expect("feedback", asked_at):
        [link] = re.findall(r"https?://\S*(/feedback/[\w.~-]+)", word.said)
        form = await story.http.get(link)
        assert form.status_code == 200
        assert f'<html lang="{word.language}"' in form.text
        await save(f"feedback-{word.language}.html", form.text)
        answers = "SELECT score FROM feedback ORDER BY score"
        before = len(await story.desk.rows(answers))
        assert (await story.http.get(link)).status_code == 200
        assert len(await story.desk.rows(answers)) == before
        thanks = await story.http.post(link, data={"score": "4", "comment": ""})
        assert thanks.status_code == 200
        await save(f"thanks-{word.language}.html", thanks.text)
        assert len(await story.desk.rows(answers)) == before + 1


async def _an_agent_sees_all_of_it(story: Story) -> None:
    """By its reference, a telephone, an e-mail or a name; and nobody of another office finds anything."""
    sought = (story.reference.replace(" ", "").lower(), "07700 900123", "alex@example.org", "Sian Llwyd", NUMBER)
    async with signed_in(story.app, story.desk) as agent:
        for typed in sought:
            await agent.search(typed)
            assert agent.page is not None and "/desk/cases/" in str(agent.page.url), (typed, agent.words)
        await save("desk.html", agent.text)
        _reads_all(agent, story, (await story.told(story.reference))["promises"])
    other = await open_desk(story.desk.store, slug="elsewhere", start=NINE)
    async with signed_in(story.app, other, "zed") as stranger:
        for typed in sought:
            await stranger.search(typed)
            assert "/desk/cases/" not in str(stranger.page.url if stranger.page else "")
            assert "/desk/cases/" not in stranger.text


def _reads_all(agent: Agent, story: Story, promises: list[dict[str, Any]]) -> None:
    for headline in ("We have your building plans", "We need something more from you", "You have your building permit"):
        assert headline in agent.words
    assert len(promises) == 3
    for promise in promises:
        day = date.fromisoformat(promise["latest_on"])
        assert f"{day.day} {day:%B %Y} – {'replaced' if promise['superseded_at'] else 'kept'}" in agent.words
    assert "Taken back: the office says that this never happened." in agent.words
    said = agent.words[agent.words.index("Messages, sent and not sent") :]
    for name in (name for _, name, _, _ in PEOPLE.values()):
        assert said.count(f"to {name}") >= len(ROAD), name
    assert said.count("Arrived.") == len(story.mailroom.standin.texts)


def _everything_arrived_as_it_should(story: Story, arrived: list[Arrived]) -> None:
    for language, (_, _, channel, address) in PEOPLE.items():
        mine = [each for each in arrived if each.to == address]
        assert {each.language for each in mine} == {language}
        assert [each.purpose for each in mine] == ROAD, language
        assert len({(each.purpose, each.said) for each in mine}) == len(mine), "nothing came twice"
        assert {each.state for each in mine} == ({"delivered"} if channel == "sms" else {"sent"})
        for each in mine:
            assert 8 <= each.at.astimezone(LONDON).hour < 21, (each.purpose, each.at)
    letters = [each for each in arrived if each.letter is not None]
    assert len({each.letter["Message-ID"] for each in letters if each.letter}) == len(letters)
    for each in letters:
        is_a_good_letter(each, story.reference)
    texts = [each for each in arrived if each.letter is None]
    assert {taken.sender for taken in story.mailroom.standin.texts} == {SMS_FROM}
    for each in texts:
        assert each.said.startswith("Northwick")
        assert segments(each.said).count <= 2, each.said
    assert set(story.mailroom.standin.answers) <= {200, 204}
