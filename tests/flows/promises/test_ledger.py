"""The ledger: dates that are learned, stand-ins, the office's own, and what becomes of each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.flows.promises.test_learn import finish, taught_desk
from tests.office import DEFINITION, START, Desk, open_desk
from tracker.flows.deciding.sweep import sweep
from tracker.flows.organisations.clock import advance
from tracker.flows.promises import learn
from tracker.store.ground.engine import Store

RECEIPT = date(2026, 3, 31)
"""The date that 40 cases of 20 to 29 days teach for one that comes on START: nine in ten, 29 days on. After
28 days exactly one in ten of them was open, and what is foreseen of all stages makes that a little more."""


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await taught_desk(store)


async def wait(desk: Desk, until: date, hour: int = 12) -> None:
    """Let time pass, with news of another case every third day: the back office lives."""
    while (now := await desk.now()).date() < until:
        step = min(now + timedelta(days=3), datetime(until.year, until.month, until.day, hour, tzinfo=UTC))
        await advance(desk.store, desk.office.id, step, desk.worker().carry)
        await desk.status("ALIVE", "VAL")  # parked: it belongs to no case


async def ledger(desk: Desk, number: str = "P-1") -> list[tuple[str, str, str | None, str | None]]:
    """(basis, date, why it was replaced, what became of it) of every date of a case, in order."""
    rows = await desk.rows(
        'SELECT basis, latest_on::text, reason, p.outcome FROM promise p JOIN "case" c ON c.id = p.case_id '
        "WHERE number = :number ORDER BY made_at, p.id",
        number=number,
    )
    return [tuple(row) for row in rows]


async def told(desk: Desk) -> list[tuple[str, datetime]]:
    rows = await desk.rows("SELECT purpose, decided_at FROM message WHERE reason IS NULL ORDER BY decided_at, purpose")
    return [tuple(row) for row in rows]


async def test_a_new_case_has_a_date_that_was_learned_from_finished_ones(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    [row] = await desk.rows(
        "SELECT p.*, c.promise_id FROM promise p JOIN \"case\" c ON c.id = p.case_id WHERE number = 'P-1'"
    )
    assert (row.basis, row.latest_on, row.probability, row.cases, row.stage) == (
        "history",
        RECEIPT,
        0.9,
        40,
        "received",
    )
    assert row.earliest_on < row.half_by_on < row.latest_on
    assert row.promise_id == row.id
    assert row.passes_at == datetime(2026, 3, 31, 23, tzinfo=UTC), "the end of the day in the office's zone"


@pytest.mark.parametrize(("told_after", "stayed"), [(timedelta(hours=2), False), (timedelta(days=1), True)])
async def test_a_case_that_was_told_of_when_its_first_day_was_over_has_the_date_of_those_who_stayed(
    store: Store, told_after: timedelta, stayed: bool
) -> None:
    """Most are sorted out on the day they come, and are granted two days later; the others wait for six weeks."""
    desk = await open_desk(store)
    for number in range(60):
        at, stays = START - timedelta(days=50 + number), number % 15 == 0
        await desk.status(f"H-{number}", "REC", at=at)
        if not stays:
            await desk.status(f"H-{number}", "ASSESS", at=at + timedelta(hours=1))
        await desk.status(f"H-{number}", "GRANTED", at=at + timedelta(days=42 if stays else 2))
    await learn.due(store)
    await desk.move(START + told_after)
    await desk.status("P-1", "REC", at=START)
    [(_, latest_on, _, _)] = await ledger(desk)
    assert (date.fromisoformat(latest_on) > START.date() + timedelta(days=20)) is stayed


async def test_under_thirty_finished_cases_the_service_stands_in(store: Store) -> None:
    desk = await open_desk(store)
    await finish(desk, 29)
    await learn.due(store)
    await desk.status("P-1", "REC")
    assert await ledger(desk) == [("definition", "2026-04-27", None, None)]
    await desk.status("P-2", "REC", at=START - timedelta(days=57))
    assert await ledger(desk, "P-2") == [], "a date that has passed when it could be given is none"


async def test_without_a_stand_in_there_is_no_date(store: Store) -> None:
    plain = "\n".join(line for line in DEFINITION.splitlines() if not line.startswith("fallback_days"))
    desk = await open_desk(store, definition=plain)
    await desk.status("P-1", "REC")
    assert await ledger(desk) == []


async def test_people_are_warned_and_given_a_new_date_before_the_old_one_passes(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await wait(desk, RECEIPT + timedelta(days=1))
    first, second = await ledger(desk)
    assert first == ("history", "2026-03-31", "likely_late", None)
    assert second[:1] + second[2:] == ("history", None, None)
    assert date.fromisoformat(second[1]) >= RECEIPT + timedelta(days=3)
    heard = dict(await told(desk))
    assert heard["delayed"] < heard["date_changed"] < datetime(2026, 3, 31, 23, tzinfo=UTC)
    assert [purpose for purpose, _ in await told(desk)].count("delayed") == 1


async def test_a_case_that_ends_in_time_has_kept_its_date(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await wait(desk, date(2026, 3, 9))
    await desk.status("P-1", "GRANTED")
    assert await ledger(desk) == [("history", "2026-03-31", None, "kept")]


async def test_a_withdrawn_case_breaks_no_promise(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.status("P-1", "WITHDRAWN")
    assert await ledger(desk) == [("history", "2026-03-31", None, "withdrawn")]


async def test_an_opening_that_never_was_takes_its_date_back(desk: Desk) -> None:
    await desk.status("P-1", "REC", id="slip")
    await desk.say("P-1", "case.correction", {"event": "slip", "why": "a slip"})
    assert await ledger(desk) == [("history", "2026-03-31", None, "withdrawn")]


async def test_the_offices_date_stands_beside_one_that_was_learned(desk: Desk) -> None:
    await desk.status("P-1", "REC", expected_on="2026-03-20")
    assert sorted(await ledger(desk)) == [("history", "2026-03-31", None, None), ("office", "2026-03-20", None, None)]
    await desk.status("P-1", "VAL", expected_on="2026-03-27")
    assert ("office", "2026-03-20", "office_changed_date", None) in await ledger(desk)
    assert len(await ledger(desk)) == 3
    await desk.status("P-1", "WITHDRAWN")
    assert [row[3] for row in await ledger(desk)].count("withdrawn") == 2


async def test_the_offices_date_takes_the_place_of_a_stand_in(store: Store) -> None:
    desk = await open_desk(store)
    await desk.status("P-1", "REC")
    await desk.status("P-1", "VAL", expected_on="2026-03-27")
    assert await ledger(desk) == [
        ("definition", "2026-04-27", "office_changed_date", None),
        ("office", "2026-03-27", None, None),
    ]


async def test_while_the_clock_is_paused_a_date_stands_still_and_then_moves_by_those_days(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await wait(desk, date(2026, 3, 4))
    await desk.status("P-1", "RFI")
    assert [tuple(row) for row in await desk.rows("SELECT passes_at FROM promise WHERE outcome IS NULL")] == [(None,)]
    await wait(desk, date(2026, 4, 14))
    assert await ledger(desk) == [("history", "2026-03-31", None, None)], "nothing is judged while we wait"
    await desk.status("P-1", "RFI-IN")
    first, second = await ledger(desk)
    assert first == ("history", "2026-03-31", "clock_paused", None)
    assert second == ("history", "2026-05-11", None, None), "41 days on"
    assert not {"date_changed", "delayed"} & {purpose for purpose, _ in await told(desk)}


async def test_a_case_that_ends_while_its_clock_is_paused_is_not_late_for_it(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await wait(desk, date(2026, 3, 4))
    await desk.status("P-1", "RFI")
    await wait(desk, date(2026, 4, 14))
    await desk.status("P-1", "GRANTED")
    assert await ledger(desk) == [("history", "2026-03-31", None, "kept")]


async def test_a_date_that_a_false_end_had_kept_is_judged_anew_once_that_is_taken_back(desk: Desk) -> None:
    """T2: the row itself is judged anew, so that whoever was told of it stays on record."""
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await desk.carry()
    await wait(desk, date(2026, 3, 10))
    await desk.status("P-1", "GRANTED", id="end")
    assert await ledger(desk) == [("history", "2026-03-31", None, "kept")]
    await wait(desk, date(2026, 4, 14))
    await desk.say("P-1", "case.correction", {"event": "end", "why": "another request was meant"})
    first, second = await ledger(desk)
    assert first == ("history", "2026-03-31", None, "missed")
    assert second[3] is None and second[1] > "2026-04-14"
    [news] = await desk.rows("SELECT facts FROM message WHERE purpose = 'date_changed' AND reason IS NULL")
    assert (news.facts["old_on"], news.facts["promise_on"]) == ("2026-03-31", second[1])


async def test_what_had_happened_before_makes_the_same_date_in_any_order(desk: Desk) -> None:
    events = [("REC", START - timedelta(days=12)), ("ASSESS", START - timedelta(days=3))]
    for status, at in events:
        await desk.status("P-1", status, at=at)
    for status, at in reversed(events):
        await desk.status("P-2", status, at=at)
    [early, late] = await ledger(desk)
    assert early[2] == "case_corrected"
    assert [late] == await ledger(desk, "P-2")


async def test_a_stage_that_begins_later_leaves_the_date_alone(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await wait(desk, date(2026, 3, 5))
    await desk.status("P-1", "ASSESS")
    assert await ledger(desk) == [("history", "2026-03-31", None, None)]


async def test_a_stand_in_moves_before_it_passes_and_is_taken_back_in_the_end(store: Store) -> None:
    desk = await open_desk(store)
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await wait(desk, date(2026, 6, 23))
    assert await ledger(desk) == [
        ("definition", "2026-04-27", "likely_late", None),
        ("definition", "2026-05-26", "likely_late", None),
        ("definition", "2026-06-23", "too_uncertain", "withdrawn"),
    ]
    dates = [(purpose, at.date()) for purpose, at in await told(desk) if purpose in ("date_changed", "delayed")]
    assert dates == [
        ("date_changed", date(2026, 4, 24)),
        ("date_changed", date(2026, 5, 22)),
        ("delayed", date(2026, 6, 22)),
    ]


async def test_while_the_source_is_silent_no_date_moves_and_none_is_called_missed(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await advance(desk.store, desk.office.id, datetime(2026, 4, 20, tzinfo=UTC), desk.worker().carry)
    assert await ledger(desk) == [("history", "2026-03-31", None, "could_not_tell")]
    await desk.status("P-1", "GRANTED", at=datetime(2026, 3, 19, 12, tzinfo=UTC))
    assert (await ledger(desk))[0] == ("history", "2026-03-31", None, "could_not_tell")


async def test_the_same_moment_again_changes_nothing_case_36(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await wait(desk, RECEIPT)
    before = (await ledger(desk), await desk.messages())
    await sweep(desk.store)
    await desk.say("P-1", "case.note", {"text": "Nothing new", "audience": "internal"})
    assert (await ledger(desk), await desk.messages()) == before
