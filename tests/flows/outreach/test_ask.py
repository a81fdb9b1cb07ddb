"""One answer of each party, changed for a while, with what had become of the first date that was given."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text

from tests.office import SECRET, START, Desk, open_desk
from tracker.core.answers.tellings import Listener, Way
from tracker.core.vocabulary.errors import LinkOver, LinkUnknown
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.seals import LinkKind, seal
from tracker.core.vocabulary.words import Mode
from tracker.flows.outreach import ask
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store
from tracker.store.promises import tellings
from tracker.store.promises.promises import PROMISE


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


async def finished(desk: Desk, number: str = "P-1") -> str:
    """A case that has come to its end, and the link that asks its applicant how it was: any message can carry it."""
    await desk.status(number, "REC")
    await desk.party(number)
    await desk.status(number, "GRANTED")
    rows = await desk.rows(
        'SELECT m.id FROM message m JOIN "case" c ON c.id = m.case_id '
        "WHERE c.number = :number AND m.party = '1' LIMIT 1",
        number=number,
    )
    return seal(SECRET, LinkKind.FEEDBACK, desk.office.id, rows[0].id)


async def kept(desk: Desk) -> list[Any]:
    return await desk.rows("SELECT * FROM feedback ORDER BY id")


async def test_an_answer_is_kept_with_what_the_case_was(desk: Desk) -> None:
    token = await finished(desk)
    told = await ask.answer(desk.store, SECRET, token, 4, " Quick,\r\nbut one letter was\x00 lost. ")
    assert (told.service, told.organisation, told.language) == ("Building permit", "Northwick Council", "en")
    [row] = await kept(desk)
    assert (row.score, row.comment) == (4, "Quick,\nbut one letter was lost.")
    assert (row.service, row.stage, row.outcome, row.party) == ("building-permit", "granted", "done", "1")
    assert (row.changed_at, row.language) == (None, "en")


async def test_75_looking_records_nothing_and_fifty_answers_are_one(desk: Desk) -> None:
    token = await finished(desk)
    for _ in range(3):
        assert not (await ask.question(desk.store, SECRET, token)).answered
    assert await kept(desk) == []
    await asyncio.gather(*(ask.answer(desk.store, SECRET, token, 1 + each % 5, f"no. {each}") for each in range(50)))
    [row] = await kept(desk)
    assert row.changed_at is not None
    assert (await ask.question(desk.store, SECRET, token)).answered


async def test_an_answer_is_changed_for_sixty_days_and_not_after(desk: Desk) -> None:
    token = await finished(desk)
    await ask.answer(desk.store, SECRET, token, 1, "bad")
    await desk.move(START + timedelta(days=59))
    await ask.answer(desk.store, SECRET, token, 5, "")
    [row] = await kept(desk)
    assert (row.score, row.comment) == (5, None)
    assert timedelta(days=58) < row.changed_at - row.answered_at < timedelta(days=60)
    await desk.move(START + timedelta(days=61))
    for try_again in (ask.question(desk.store, SECRET, token), ask.answer(desk.store, SECRET, token, 1, "")):
        with pytest.raises(LinkOver, match="too long ago"):
            await try_again
    assert [row.score for row in await kept(desk)] == [5]


EARLY, ON_THE_DAY, LATE = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 20)
"""Dates given to a case that is finished on 2 March."""


@pytest.mark.parametrize(
    ("given", "promise"),
    [
        ([], "none"),
        ([("office", LATE, "kept")], "kept"),
        ([("office", EARLY, "missed")], "missed"),
        ([("office", LATE, "withdrawn")], "kept"),  # it was taken back, and came true all the same
        ([("office", EARLY, "withdrawn")], "missed"),
        ([("definition", LATE, "could_not_tell")], "none"),
        # Replaced by a later one, which was kept: what people were told first is what counts.
        ([("office", EARLY, None), ("office", LATE, "kept")], "missed"),
        ([("office", ON_THE_DAY, None), ("office", LATE, "kept")], "kept"),
        # The first that people were told counts, ours or the office's.
        ([("office", EARLY, "missed"), ("definition", LATE, "kept")], "missed"),
        ([("office", LATE, "kept"), ("history", EARLY, None), ("history", LATE, "kept")], "kept"),
        ([("history", EARLY, None), ("office", LATE, "kept"), ("history", LATE, "kept")], "missed"),
    ],
)
async def test_the_answer_knows_whether_the_first_date_was_kept(
    desk: Desk, given: list[tuple[str, date, str | None]], promise: str
) -> None:
    token = await finished(desk)
    await ledger(desk, given)
    await ask.answer(desk.store, SECRET, token, 3, "")
    assert [row.promise for row in await kept(desk)] == [promise]


async def test_an_answer_is_about_the_first_date_that_they_were_told(desk: Desk) -> None:
    token = await finished(desk)
    await ledger(desk, [("history", EARLY, None), ("history", LATE, "kept")], told=1)
    await ask.answer(desk.store, SECRET, token, 3, "")
    assert [row.promise for row in await kept(desk)] == ["kept"], "nobody heard of the one before"


async def ledger(desk: Desk, given: list[tuple[str, date, str | None]], told: int = 0) -> None:
    """Put these dates into the ledger of the only case, in this order; one without an outcome was replaced. Somebody
    saw each of them, from this place on."""
    [(case,)] = await desk.rows('SELECT id FROM "case"')
    async with desk.store.transaction() as connection:
        await connection.execute(text("DELETE FROM promise"))
        for place, (basis, latest_on, outcome) in enumerate(given):
            made_at, id_ = START - timedelta(days=20) + timedelta(seconds=place), new_id()
            values = {
                "organisation_id": desk.office.id,
                "mode": "live",
                "id": id_,
                "case_id": case,
                "basis": basis,
                "latest_on": latest_on,
                "made_at": made_at,
                "passes_at": None,
                "outcome": outcome,
                "superseded_at": None if outcome else made_at,
            }
            await connection.execute(insert(PROMISE).values(**values))
            if place >= told:
                whose = (Scope(desk.office.id, Mode.LIVE), [id_], Listener.PUBLIC, Way.PAGE)
                await tellings.save(connection, *whose, told_at=made_at)


async def test_a_link_that_is_not_ours_leads_nowhere(desk: Desk) -> None:
    token = await finished(desk)
    [(message,)] = await desk.rows("SELECT id FROM message LIMIT 1")
    wrong = [
        "",
        "x" * 59,
        token[:-1],
        token[:30] + ("A" if token[30] != "A" else "B") + token[31:],
        token.swapcase(),
        seal(b"another secret", LinkKind.FEEDBACK, desk.office.id, message),
        seal(SECRET, LinkKind.STOP, desk.office.id, message),
        seal(SECRET, LinkKind.FEEDBACK, desk.office.id, new_id()),
        seal(SECRET, LinkKind.FEEDBACK, new_id(), message),
    ]
    for each in wrong:
        with pytest.raises(LinkUnknown):
            await ask.question(desk.store, SECRET, each)
        with pytest.raises(LinkUnknown):
            await ask.answer(desk.store, SECRET, each, 3, "")
    assert await kept(desk) == []


async def test_what_never_was_is_not_asked_about(desk: Desk) -> None:
    token = await finished(desk)
    opening = (await desk.rows("SELECT event_id FROM entry ORDER BY id LIMIT 1"))[0].event_id
    await desk.say("P-1", "case.correction", {"event": opening, "why": "another person's"})
    with pytest.raises(LinkOver):
        await ask.answer(desk.store, SECRET, token, 3, "")


@pytest.mark.parametrize(("score", "comment"), [(0, ""), (6, ""), (3, "x" * 1_001)])
async def test_nothing_else_is_kept(desk: Desk, score: int, comment: str) -> None:
    token = await finished(desk)
    with pytest.raises(ValueError, match="score"):
        await ask.answer(desk.store, SECRET, token, score, comment)
    assert await kept(desk) == []
