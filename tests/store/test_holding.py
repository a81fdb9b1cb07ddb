"""A transaction that begins with the locks of its numbers: all of it or nothing, and whose connection is fit for others
afterwards, however it ended."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text

from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode
from tracker.store.case.locks import alone, holding
from tracker.store.ground.engine import Store, open_store
from tracker.store.ground.trouble import unavailable

OFFICE = UUID("0192f0c0-0000-7000-8000-000000000001")
SCOPE = Scope(OFFICE, Mode.LIVE)
NUMBER = ("backoffice", "P-1")

HOSTILE = ("'); DROP TABLE noted; --", "{a,b}", 'a"b', "\\", "%(x)s :name $1", "Überprüfung ضاد", "a\tb\nc", "")


@pytest.fixture
async def noting(store: Store) -> Store:
    """A store of one connection, with a table to note things in."""
    async with store.transaction() as connection:
        await connection.execute(text("CREATE TABLE noted (what text)"))
    return store


async def note(store: Store, what: str) -> None:
    """Note something, under the lock."""
    async with holding(store, SCOPE, [NUMBER]) as connection:
        await connection.execute(text("INSERT INTO noted VALUES (:what)"), {"what": what})


async def noted(store: Store) -> list[str]:
    """What has been noted for good; whatever was begun must have ended."""
    async with store.reading() as connection:
        open_ones = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
        assert (await connection.execute(text(open_ones))).scalar_one() == 0
        return list((await connection.execute(text("SELECT what FROM noted ORDER BY what"))).scalars())


async def test_what_was_done_stays_and_what_raised_does_not(noting: Store) -> None:
    await note(noting, "a")
    with pytest.raises(ZeroDivisionError):
        async with holding(noting, SCOPE, [NUMBER]) as connection:
            await connection.execute(text("INSERT INTO noted VALUES ('b')"))
            raise ZeroDivisionError
    with pytest.raises(Exception, match="division by zero"):
        async with holding(noting, SCOPE, [NUMBER]) as connection:
            await connection.execute(text("INSERT INTO noted VALUES ('c')"))
            await connection.execute(text("SELECT 1 / 0"))
    assert await noted(noting) == ["a"]
    await note(noting, "d")
    assert await noted(noting) == ["a", "d"]


@pytest.mark.parametrize("statement", ["SELECT pg_sleep(30)", None])
async def test_who_gives_up_half_way_leaves_nothing_and_holds_nobody_up(noting: Store, statement: str | None) -> None:
    """Given up within a statement, or between two."""
    begun = asyncio.Event()

    async def never() -> None:
        async with holding(noting, SCOPE, [NUMBER]) as connection:
            await connection.execute(text("INSERT INTO noted VALUES ('never')"))
            begun.set()
            await (connection.execute(text(statement)) if statement else asyncio.sleep(30))

    given_up = asyncio.create_task(never())
    await begun.wait()
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    await asyncio.wait_for(note(noting, "next"), 5)
    assert await noted(noting) == ["next"]


async def test_who_gives_up_while_waiting_for_the_lock_leaves_its_connection_fit_for_others(noting: Store) -> None:
    narrow = open_store(noting.engine.url.render_as_string(hide_password=False), pool_size=1)
    async with holding(noting, SCOPE, [NUMBER]):
        waiting = asyncio.create_task(note(narrow, "never"))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert await asyncio.wait_for(narrow.alive(), 5)
    await note(narrow, "next")
    assert await noted(noting) == ["next"]
    await narrow.close()


async def test_a_connection_that_is_cut_is_trouble_of_the_machinery_and_the_next_one_works(noting: Store) -> None:
    with pytest.raises(Exception) as caught:  # whichever error it is, it must be known for trouble
        async with holding(noting, SCOPE, [NUMBER]) as connection:
            pid = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            async with noting.reading() as other:
                await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            await connection.execute(text("INSERT INTO noted VALUES ('never')"))
    assert unavailable(caught.value)
    await note(noting, "next")
    assert await noted(noting) == ["next"]


@pytest.mark.parametrize("number", HOSTILE)
async def test_whatever_a_case_is_called_its_number_is_locked_alone(noting: Store, number: str) -> None:
    async with holding(noting, SCOPE, [("backoffice", number)]):
        again = asyncio.create_task(_held(noting, number))
        await asyncio.wait_for(note(noting, "another"), 5)
        await asyncio.sleep(0.1)
        assert not again.done(), "the same number waits"
    await asyncio.wait_for(again, 5)
    assert await noted(noting) == ["another"]


async def test_who_wants_to_be_alone_waits_for_all_who_decide(noting: Store) -> None:
    async with holding(noting, SCOPE, [NUMBER]):
        waiting = asyncio.create_task(_alone(noting))
        await asyncio.sleep(0.2)
        assert not waiting.done()
    await asyncio.wait_for(waiting, 5)


async def _held(store: Store, number: str) -> None:
    async with holding(store, SCOPE, [("backoffice", number)]):
        pass


async def _alone(store: Store) -> None:
    async with store.transaction() as connection:
        await alone(connection, OFFICE)
