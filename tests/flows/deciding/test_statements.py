"""How often the database is asked: these tests print it, and fail when it grows. BEGIN and COMMIT are not counted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import orjson
import pytest
from asyncpg.connection import LoggedQuery
from sqlalchemy import event

from integrations.inbound import context_of
from integrations.wire import translate
from tests.office import SECRET, SERVICE, START, Desk, open_desk
from tracker.core.deciding.reports import Answer, Report
from tracker.flows.deciding import intake
from tracker.flows.deciding.sweep import revisit_due_cases
from tracker.store.ground.engine import Store

DUPLICATE, STATUS, OPENING, SWEEP = 2, 3, 3, 4
"""Lock, dossier, changes; a duplicate changes nothing, and a sweep asks first what is due."""


@pytest.fixture
async def desk(store: Store) -> AsyncIterator[Desk]:
    """An office that is warm: its definition was read, and its source was heard within the minute."""
    desk = await open_desk(store)
    await desk.status("WARM", "REC")
    await desk.party("WARM")
    await desk.status("WARM", "VAL")
    yield desk


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements that run meanwhile: by SQLAlchemy, and by the driver itself."""
    found: list[str] = []
    drivers: set[Any] = set()

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        found.append(statement)

    def note_ours(record: LoggedQuery) -> None:
        if record.query.split()[0] == "WITH":  # the driver also tells of BEGIN and COMMIT
            found.append(record.query)

    def listen(connection: Any, *rest: object) -> None:
        drivers.add(connection.driver_connection)
        connection.driver_connection.add_query_logger(note_ours)

    event.listen(store.engine.sync_engine, "before_cursor_execute", note)
    event.listen(store.engine.sync_engine, "checkout", listen)
    try:
        yield found
    finally:
        event.remove(store.engine.sync_engine, "before_cursor_execute", note)
        event.remove(store.engine.sync_engine, "checkout", listen)
        for driver in drivers:
            driver.remove_query_logger(note_ours)


def shown(what: str, found: list[str], most: int) -> None:
    print(f"{what}: {len(found)} statements")
    assert len(found) <= most, "\n".join(" ".join(each.split())[:100] for each in found)


async def test_an_event_that_came_before(desk: Desk, store: Store) -> None:
    await desk.status("P-1", "REC", id="once", at=START)
    with counted(store) as found:
        await desk.status("P-1", "REC", id="once", at=START)
    shown("duplicate", found, DUPLICATE)


async def test_a_status_event_that_moves_a_case_and_its_date_and_is_told(desk: Desk, store: Store) -> None:
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    with counted(store) as found:
        await desk.status("P-1", "RFI", at=START)
    shown("status event", found, STATUS)


async def test_an_event_that_opens_a_case(desk: Desk, store: Store) -> None:
    with counted(store) as found:
        await desk.status("P-1", "REC", at=START)
    shown("opening", found, OPENING)


async def test_an_event_that_opens_a_case_for_which_a_party_waited(desk: Desk, store: Store) -> None:
    await desk.party("P-1")
    with counted(store) as found:
        await desk.status("P-1", "REC", at=START)
    shown("opening, with a parked party", found, OPENING)


async def test_the_minute_in_which_a_source_is_heard_costs_nothing_more(desk: Desk, store: Store) -> None:
    await desk.status("P-1", "REC")
    await desk.move(START + timedelta(minutes=2))
    with counted(store) as found:
        await desk.status("P-1", "VAL", at=START)
    shown("status event, and the source is heard", found, STATUS)
    assert len(await desk.rows("SELECT 1 FROM heard WHERE heard_at > :then", then=START + timedelta(minutes=1))) == 1


async def test_an_alert_costs_nothing_more(desk: Desk, store: Store) -> None:
    await desk.status("P-1", "REC")
    with counted(store) as found:
        await desk.status("P-1", "NOBODY-KNOWS", at=START)
    shown("status event, with an alert", found, STATUS)
    assert [row.kind for row in await desk.rows("SELECT kind FROM alert")] == ["status_unmapped"]


async def test_a_source_that_had_fallen_silent_costs_one_more(desk: Desk, store: Store) -> None:
    await desk.status("P-1", "REC")
    await desk.move(START + timedelta(days=20))
    with counted(store) as found:
        await desk.status("P-1", "VAL", at=START)
    shown("status event of a source that had fallen silent", found, STATUS + 1)


async def test_a_sweep_with_three_cases_due(desk: Desk, store: Store) -> None:
    for each in range(3):
        await desk.status(f"P-{each}", "REC")
    due = "UPDATE \"case\" SET wake_at = :at WHERE number LIKE 'P-%'"
    await desk.change(due, at=START - timedelta(hours=1))
    with counted(store) as found:
        assert await revisit_due_cases(store, desk.office.id) == 3
    shown("a sweep with three cases due", found, SWEEP)


async def test_a_batch_of_500_events_of_100_cases(desk: Desk, store: Store) -> None:
    reports = [_event(desk, case, place) for place in range(5) for case in range(100)]
    with counted(store) as found:
        answers = await intake.take_in(store, desk.sender, reports)
    assert all(isinstance(each, Answer) for each in answers)
    assert len(found) % (500 / intake.CHUNK) == 0
    shown("a chunk of 50 of 500 events", found[: len(found) * intake.CHUNK // 500], STATUS)


def _event(desk: Desk, case: int, place: int) -> Report:
    document = {
        "id": f"b-{case}-{place}",
        "source": desk.sender.source,
        "type": "case.status",
        "subject": f"B-{case}",
        "time": (START - timedelta(days=5 - place)).isoformat(),
        "sequence": place,
        "data": {"service": SERVICE, "status": ("REC", "VAL", "RFI", "RFI-IN", "ASSESS")[place]},
    }
    return translate(orjson.dumps(document), "application/json", context_of(desk.sender, SECRET))
