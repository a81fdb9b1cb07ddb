"""Keys and sources are set up, and taken away again."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.office import open_desk
from tracker.core.vocabulary.errors import SetupRefused, UnknownKey
from tracker.core.vocabulary.words import Mode
from tracker.flows.organisations import offices
from tracker.flows.organisations.senders import recognise
from tracker.store.ground.engine import Store


async def test_a_new_key_works_beside_the_old_one_until_that_is_revoked_case_20(store: Store) -> None:
    desk = await open_desk(store)
    newer = await offices.add_key(store, desk.office, "backoffice", Mode.LIVE)
    assert (await recognise(store, desk.key)).source_id == (await recognise(store, newer)).source_id
    await offices.revoke_key(store, desk.office, "backoffice", desk.key)
    with pytest.raises(UnknownKey):
        await recognise(store, desk.key)
    assert (await recognise(store, newer)).source == "backoffice"
    assert [row.action for row in await desk.rows("SELECT action FROM audit")] == ["key.revoked"]


async def test_a_key_that_is_not_there_is_not_revoked(store: Store) -> None:
    desk = await open_desk(store)
    with pytest.raises(SetupRefused):
        await offices.revoke_key(store, desk.office, "backoffice", "????")


async def test_a_key_is_kept_as_a_hash_alone(store: Store) -> None:
    desk = await open_desk(store)
    [row] = await desk.rows("SELECT * FROM api_key")
    assert desk.key.encode() not in str(tuple(row)).encode()
    assert row.hint == desk.key[-4:]


@pytest.mark.parametrize(
    ("said", "zone", "meant"),
    [
        ("2026-03-02T09:00:00", "America/New_York", datetime(2026, 3, 2, 14, tzinfo=UTC)),
        ("2026-03-02T09:00:00", None, datetime(2026, 3, 2, 8, tzinfo=UTC)),  # of the organisation
        ("2026-07-01", None, datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2026-03-02T09:00:00+05:30", "America/New_York", datetime(2026, 3, 2, 3, 30, tzinfo=UTC)),
        ("2036-10-05T02:00:00", "Australia/Lord_Howe", datetime(2036, 10, 4, 15, 30, tzinfo=UTC)),  # no such time
        ("2036-04-06T01:30:00", "Australia/Lord_Howe", datetime(2036, 4, 5, 14, 30, tzinfo=UTC)),  # comes twice
    ],
)
async def test_a_source_goes_live_at_a_time_of_its_own_zone_or_else_of_its_organisation(
    store: Store, said: str, zone: str | None, meant: datetime
) -> None:
    office = await offices.add_organisation(store, slug="soria", name="Soria", zone="Europe/Madrid")
    new = offices.NewSource("padron", zone=zone, live_from=datetime.fromisoformat(said))
    added = await offices.add_source(store, office, new)
    assert await live_from(store, added) == meant


async def live_from(store: Store, source_id: UUID) -> datetime:
    """When a source goes live, as it is stored."""
    async with store.reading() as connection:
        query = text("SELECT live_from FROM source WHERE id = :id")
        found: datetime = (await connection.execute(query, {"id": source_id})).scalar_one()
    return found


async def test_a_source_that_cannot_go_live_as_it_was_said_is_refused(store: Store) -> None:
    office = await offices.add_organisation(store, slug="nara", name="Nara", zone="Asia/Tokyo")
    first = datetime.fromisoformat("0001-01-01")
    for new in (offices.NewSource("a", live_from=first), offices.NewSource("a", zone="Mars/Base", live_from=first)):
        with pytest.raises(SetupRefused):
            await offices.add_source(store, office, new)
