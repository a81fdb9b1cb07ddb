"""Keys and sources are set up, and taken away again."""

from __future__ import annotations

import pytest

from tests.office import open_desk
from tracker.core.errors import SetupRefused, UnknownKey
from tracker.flows import offices
from tracker.flows.senders import recognise
from tracker.store.columns import Mode
from tracker.store.engine import Store


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
