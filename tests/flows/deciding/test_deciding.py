"""What others do between the reading and the writing of a decision is not lost, and what races is decided again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from asyncpg import UniqueViolationError

from tests.laws.case_sets import Draft, events, report
from tests.laws.rounds import APPLICANT, FOLLOWER, OPENER
from tests.office import SERVICE, START, Desk, open_desk
from tracker.core.case.events import StatusReported
from tracker.core.deciding.decide import Deciding
from tracker.core.deciding.reports import Answer, Intake, RefusedEvent, Report, Reporter
from tracker.core.vocabulary.errors import ContentDiffers, TooManyRequests
from tracker.flows.deciding import intake, transaction
from tracker.store.deciding.dossier import Wanted
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NUMBER = "P-1"


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


class Drawn:
    """Ids as ever, and these references one after the other."""

    def __init__(self, references: Iterable[str]) -> None:
        self._references = iter(references)

    def id(self) -> UUID:
        return new_id()

    def reference(self) -> str:
        return next(self._references)


class Interrupted:
    """Decides about events of one number, while something else happens between reading and writing."""

    def __init__(self, desk: Desk, *reports: Report, number: str = NUMBER) -> None:
        self.desk, self.reports, self.number, self.tries = desk, reports, number, 0
        self.answers: list[Answer | RefusedEvent] = []

    async def by(self, happens: Callable[[], Awaitable[object]] | None, fresh: Drawn | None = None) -> None:
        """Decide; the first time it happens, and not when it is decided again."""
        sender = self.desk.sender
        by = Reporter(sender.source_id, sender.source, sender.registers)

        async def decide(made: Deciding) -> list[Answer | RefusedEvent]:
            self.tries += 1
            found = [made.take(each, by) for each in self.reports] if self.reports else []
            if not self.reports:
                made.revisit()
            if happens is not None and self.tries == 1:
                await happens()
            return found

        wanted = Wanted(
            sender.scope,
            [("backoffice", self.number)],
            sender.source_id,
            [each.event.id for each in self.reports],
            {SERVICE},
        )
        self.answers, _ = await transaction.decided(self.desk.store, wanted, decide, fresh or transaction.FRESH)


def told(*drafts: Draft, number: str = NUMBER) -> list[Report]:
    return [report(each) for each in events(drafts, number)]


async def known(desk: Desk, *drafts: Draft, number: str = NUMBER) -> None:
    """A case that has had these events."""
    answers = await intake.take_in(desk.store, desk.sender, told(*drafts, number=number))
    assert all(isinstance(each, Answer) for each in answers)


def later(status: str, id_: str = "next", **rest: Any) -> Report:
    """One more status of the case."""
    [found] = events([Draft(StatusReported(SERVICE, status, **rest), START - HOUR)], NUMBER)
    return report(replace(found, id=id_))


async def row(desk: Desk) -> Any:
    [found] = await desk.rows('SELECT * FROM "case" WHERE number = :number', number=NUMBER)
    return found


@pytest.mark.parametrize("before", [None, START + DAY, START + 3 * DAY])
async def test_a_wake_time_that_is_set_meanwhile_is_not_lost(desk: Desk, before: datetime | None) -> None:
    await known(desk, OPENER, APPLICANT)
    await desk.change('UPDATE "case" SET wake_at = :at', at=before)
    soon = START + timedelta(minutes=7, microseconds=123_457)
    made = Interrupted(desk, later("ASSESS"))
    await made.by(lambda: desk.change('UPDATE "case" SET wake_at = :at', at=soon))
    found = await row(desk)
    assert (made.tries, found.stage, found.wake_at) == (1, "assessing", soon)


async def test_a_wake_time_that_is_set_later_meanwhile_puts_nothing_off(desk: Desk) -> None:
    hold = Draft(OPENER.body, START - 8 * HOUR, hold_until=START + DAY)
    await known(desk, OPENER, APPLICANT, hold)
    made = Interrupted(desk, later("ASSESS"))
    await made.by(lambda: desk.change('UPDATE "case" SET wake_at = :at', at=START + 9 * DAY))
    assert (await row(desk)).wake_at == START + DAY


async def test_a_wake_time_that_nobody_touched_gives_way_to_the_new_one(desk: Desk) -> None:
    hold = Draft(OPENER.body, START - 8 * HOUR, hold_until=START + DAY)
    await known(desk, OPENER, APPLICANT, hold)
    await desk.change('UPDATE "case" SET wake_at = :at', at=START - timedelta(microseconds=765_431))
    made = Interrupted(desk)
    await made.by(None)
    assert (await row(desk)).wake_at == START + DAY, "else it would be looked at for ever"


async def test_a_message_that_is_claimed_meanwhile_keeps_its_words(desk: Desk) -> None:
    await known(desk, APPLICANT, OPENER, FOLLOWER)
    asked = "SELECT purpose, id, facts, entry_id, due_at, reason FROM message ORDER BY purpose"
    before = await desk.rows(asked)
    assert [each.purpose for each in before] == ["acknowledged", "updated"]
    made = Interrupted(desk, later("CONSULT", public_note="other words"))
    await made.by(lambda: desk.change("UPDATE message SET state = 'sending', lease_until = now() + interval '1 min'"))
    sent = await desk.rows(asked.replace(" ORDER", " WHERE state = 'sending' ORDER"))
    assert [tuple(each) for each in sent] == [tuple(each) for each in before], "neither renewed nor withheld"
    new = await desk.rows("SELECT purpose, facts->>'note' AS note FROM message WHERE state = 'due'")
    assert (made.tries, [tuple(each) for each in new]) == (1, [("updated", "other words")])
    assert (await row(desk)).stage == "advice"


async def test_a_message_that_nobody_claimed_takes_the_new_words(desk: Desk) -> None:
    await known(desk, APPLICANT, OPENER, FOLLOWER)
    await Interrupted(desk, later("CONSULT")).by(None)
    found = await desk.rows("SELECT purpose, state, facts->>'stage' FROM message ORDER BY purpose, state")
    assert [tuple(each) for each in found] == [
        ("acknowledged", "due", "advice"),
        ("updated", "due", "advice"),
        ("updated", "withheld", "assessing"),
    ]


async def test_a_date_that_is_judged_meanwhile_stays_judged_and_the_case_is_decided_again(desk: Desk) -> None:
    await known(desk, OPENER, APPLICANT)
    dated = StatusReported(SERVICE, "ASSESS", expected_on=(START + 9 * DAY).date())
    await known(desk, OPENER, APPLICANT, Draft(dated, START - 5 * HOUR))
    [before] = await desk.rows("SELECT id FROM promise WHERE basis = 'office' AND superseded_at IS NULL")
    made = Interrupted(desk, later("CONSULT", expected_on=(START + 30 * DAY).date()))
    judged_at = START - timedelta(minutes=3)
    await made.by(
        lambda: desk.change(
            "UPDATE promise SET outcome = 'missed', judged_at = :at WHERE id = :id", at=judged_at, id=before.id
        )
    )
    assert made.tries == 2
    [old] = await desk.rows("SELECT outcome, judged_at, superseded_at FROM promise WHERE id = :id", id=before.id)
    assert tuple(old) == ("missed", judged_at, None)
    new = await desk.rows("SELECT latest_on FROM promise WHERE basis = 'office' AND outcome IS NULL")
    assert [each.latest_on for each in new] == [(START + 30 * DAY).date()]
    entries = await desk.rows("SELECT 1 FROM entry WHERE event_id = 'next'")
    assert len(entries) == 1 and (await row(desk)).stage == "advice"


@pytest.mark.parametrize("taken", [0, 1, 2])
async def test_a_reference_that_is_taken_is_drawn_again(desk: Desk, taken: int) -> None:
    await known(desk, OPENER, number="OTHER")
    [(reference,)] = await desk.rows('SELECT reference FROM "case"')
    made = Interrupted(desk, *told(OPENER, FOLLOWER))
    await made.by(None, Drawn([*[reference] * taken, "23456789ABCD"]))
    assert made.tries == taken + 1
    assert [each.reference for each in made.answers if isinstance(each, Answer)] == ["23456789ABCD"] * 2
    assert len(await desk.rows("SELECT 1 FROM entry WHERE number = :number", number=NUMBER)) == 2


async def test_where_every_reference_is_taken_nothing_is_stored(desk: Desk) -> None:
    await known(desk, OPENER, number="OTHER")
    [(reference,)] = await desk.rows('SELECT reference FROM "case"')
    made = Interrupted(desk, *told(OPENER, APPLICANT))
    with pytest.raises(UniqueViolationError):
        await made.by(None, Drawn([reference] * 9))
    assert made.tries == transaction.TRIES
    assert not await desk.rows("SELECT 1 FROM entry WHERE number = :number", number=NUMBER)
    assert not await desk.rows("SELECT 1 FROM party")


async def test_an_event_that_expires_while_its_case_is_opened_stays_out_of_it(desk: Desk) -> None:
    await known(desk, FOLLOWER)
    [opener] = events([OPENER], NUMBER)
    made = Interrupted(desk, report(replace(opener, id="opener")))
    expire = "UPDATE entry SET placement = 'expired', parked_until = NULL, words = NULL WHERE placement = 'parked'"
    await made.by(lambda: desk.change(expire))
    found = await desk.rows("SELECT placement, case_id IS NULL FROM entry ORDER BY placement")
    assert (made.tries, [tuple(each) for each in found]) == (2, [("applied", False), ("expired", True)])
    assert (await row(desk)).stage == "received"


async def test_an_id_that_comes_under_another_number_meanwhile_is_refused(desk: Desk) -> None:
    mine, other = told(OPENER, APPLICANT), events([OPENER], "P-2")[0]
    twin = report(replace(other, id=mine[0].event.id))
    made = Interrupted(desk, *mine)
    await made.by(lambda: intake.ingest(desk.store, desk.sender, twin))
    assert made.tries == 2
    first, second = made.answers
    assert isinstance(first, RefusedEvent) and isinstance(first.error, ContentDiffers)
    assert isinstance(second, Answer) and second.outcome is Intake.PARKED
    assert [each.number for each in await desk.rows('SELECT number FROM "case"')] == ["P-2"]


CROWDED = (
    "CREATE SEQUENCE tries",
    """
    CREATE FUNCTION crowded() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT count(*) > 1 OR bool_or(event_id = 'unlucky') FROM fresh) THEN
            PERFORM nextval('tries');
            RAISE EXCEPTION 'somebody else was faster' USING ERRCODE = '40001';
        END IF;
        RETURN NULL;
    END $$
    """,
    "CREATE TRIGGER crowded AFTER INSERT ON entry REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT "
    "EXECUTE FUNCTION crowded()",
)
"""A database in which whatever stores more than one event at once conflicts with something, and one event always."""


async def test_after_three_races_the_events_of_a_chunk_are_decided_one_by_one(desk: Desk) -> None:
    for statement in CROWDED:
        await desk.change(statement)
    batch = [each for number in ("P-1", "P-2", "P-3") for each in told(OPENER, FOLLOWER, APPLICANT, number=number)]
    answers = await intake.take_in(desk.store, desk.sender, batch)
    assert [each.outcome for each in answers if isinstance(each, Answer)] == [
        Intake.APPLIED,
        Intake.APPLIED,
        Intake.LATE,
    ] * 3
    assert [tuple(each) for each in await desk.rows("SELECT last_value FROM tries")] == [(transaction.TRIES,)]
    stored = await desk.rows("SELECT number, count(*) FROM entry WHERE case_id IS NOT NULL GROUP BY 1 ORDER BY 1")
    assert [tuple(each) for each in stored] == [("P-1", 3), ("P-2", 3), ("P-3", 3)]


async def test_one_event_that_races_for_ever_keeps_none_of_the_others_out(desk: Desk) -> None:
    for statement in CROWDED:
        await desk.change(statement)
    batch = told(OPENER, APPLICANT)
    batch.insert(1, later("ASSESS", "unlucky"))
    answers = await intake.take_in(desk.store, desk.sender, batch)
    assert [isinstance(each, Answer) for each in answers] == [True, False, True]
    refused = answers[1]
    assert isinstance(refused, RefusedEvent) and isinstance(refused.error, TooManyRequests)
    assert [tuple(each) for each in await desk.rows("SELECT last_value FROM tries")] == [(2 * transaction.TRIES,)]
    await desk.change("DROP TRIGGER crowded ON entry")
    again = await intake.take_in(desk.store, desk.sender, batch)
    assert [getattr(each, "outcome", each) for each in again] == ["duplicate", "applied", "duplicate"]
