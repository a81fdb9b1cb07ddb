"""What counts how often people hear the same finds a run that was planted, and counts no news as the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.soak.alike import ReadMessage, alike, longest_run, most_repeated, runs_by_length

BEGAN = datetime(2026, 3, 2, 10, tzinfo=UTC)
CHECKING = {"stage": "checking", "waiting_on": "us", "promise_on": "2026-06-02", "needs": []}


def message(day: int, purpose: str, words: str, person: str = "P-1/1", **facts: Any) -> ReadMessage:
    return ReadMessage(person, BEGAN + timedelta(days=day), purpose, words, {**CHECKING, **facts})


def still(day: int, **facts: Any) -> ReadMessage:
    """The same again, with the day of the next word."""
    return message(day, "still_working", f"Your request is not lost. News by {day % 28 + 1} May 2026.", **facts)


def wanted(item: str, due_on: str | None = None) -> dict[str, Any]:
    return {"item": item, "text": item, "due_on": due_on, "supplied_at": None}


def test_a_planted_run_of_four_is_found_whatever_its_days() -> None:
    begun = message(0, "acknowledged", "We have your request.")
    moved = message(1, "updated", "An officer looks at it.", stage="with_officer")
    run = [still(each, stage="with_officer", note="A note") for each in (10, 25, 50, 90)]
    ended = message(99, "finished", "It is finished.", outcome="done", promise_on=None)
    assert longest_run([ended, *reversed(run), moved, begun]) == run
    assert most_repeated([begun, moved, *run, ended]) == run
    assert runs_by_length([begun, moved, *run, ended]) == {4: 1}


def test_other_words_for_the_same_facts_are_no_news() -> None:
    words = ("There is no news yet.", "We have not forgotten you.", "It is still with us.", "Nothing has changed.")
    run = [message(day, "still_working", said) for day, said in zip((10, 20, 30, 40), words, strict=True)]
    assert longest_run(run) == run


def test_other_facts_under_the_same_words_are_no_news_to_who_reads_them() -> None:
    """A text that names no date says the same when another date stands."""
    run = [still(day, promise_on=f"2026-06-{day:02}") for day in (10, 20, 25, 30)]
    assert longest_run(run) == run


def test_days_numbers_and_links_in_words_are_no_news() -> None:
    said = (
        "It has been with us for 12 days. We write by Monday 4 May 2026. https://a.example/x1",
        "It has been with us for 40 days. We write by Friday 5 June. https://a.example/y2",
        "It has been with us for two days. We write by 6 July 2026. https://a.example/z",
    )
    first, second, third = (
        message(day, "still_working", words, stage=str(day)) for day, words in zip((1, 2, 3), said, strict=True)
    )
    assert alike(first, second)
    assert alike(second, third)


NEWS = {
    "stages": [message(day, "updated", f"Step {'abcd'[day]}.", stage="abcd"[day]) for day in range(4)],
    "dates": [
        message(day, "date_changed", f"The new date is {day + 1} June 2026.", promise_on=f"2026-06-{day + 1:02}")
        for day in range(4)
    ],
    "what is asked": [
        message(day, "action_needed", f"Send the {item}.", waiting_on="you", needs=[wanted(item)])
        for day, item in enumerate(("plan", "form", "fee", "photo"))
    ],
    "days for it": [
        message(
            day, "reminder", f"Send the plan by {day + 1} June 2026.", needs=[wanted("plan", f"2026-06-{day + 1:02}")]
        )
        for day in range(4)
    ],
    "what happened": [
        message(0, "acknowledged", "We have your request."),
        message(1, "delayed", "We may be late."),
        message(2, "limit_passed", "The limit has passed."),
        message(3, "finished", "It is finished.", outcome="done"),
    ],
    "people": [message(day, "still_working", "No news yet.", person=f"P-{day}/1") for day in range(4)],
}


@pytest.mark.parametrize("which", NEWS)
def test_four_messages_with_other_facts_are_no_run(which: str) -> None:
    assert len(longest_run(NEWS[which])) == 1


def test_what_comes_between_ends_a_run_and_is_counted_beside_it() -> None:
    life = [still(10), still(20), message(25, "delayed", "We may be late."), still(30), still(40)]
    assert [each.at for each in longest_run(life)] == [life[0].at, life[1].at]
    assert most_repeated(life) == [life[0], life[1], life[3], life[4]]
    assert longest_run([]) == most_repeated([]) == []
