"""The past that is written in bulk is what the flows would have written of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode
from tracker.demo.seed import PLAYED, morning, seed
from tracker.flows.deciding.transaction import revisited
from tracker.main import Parts, put_together
from tracker.settings import Settings
from tracker.store.ground.engine import Store


@pytest.fixture
async def parts(store: Store, tmp_path: Path) -> Parts:
    """The parts over an empty database, as the demo finds them."""
    return put_together(Settings(data_dir=tmp_path, public_url="http://127.0.0.1:8000"), store)


async def rows(store: Store, sql: str, **values: Any) -> list[Any]:
    """The rows of a question."""
    async with store.reading() as connection:
        return list((await connection.execute(text(sql), values)).mappings().all())


async def everything(store: Store) -> dict[str, list[Any]]:
    """What the flows write about cases, without the counts that rise with every look."""
    return {
        "case": [
            {name: value for name, value in row.items() if name != "version"}
            for row in await rows(store, 'SELECT * FROM "case" ORDER BY id')
        ],
        **{
            name: await rows(store, f"SELECT * FROM {name} ORDER BY id")
            for name in ("entry", "recipient", "promise", "message")
        },
    }


async def test_reading_a_finished_case_again_changes_nothing(parts: Parts) -> None:
    await seed(parts, 60)
    store = parts.store
    before = await everything(store)
    closed = await rows(
        store,
        "SELECT * FROM \"case\" WHERE state = 'closed' AND erased_at IS NULL AND last_at < :t",
        t=morning() - PLAYED - timedelta(days=1),
    )
    assert len(closed) > 30
    for row in closed:
        number = row["register"], row["number"]
        made = await revisited(store, Scope(row["organisation_id"], Mode.LIVE), [number], all_cases=True)
        assert not made.not_decided
    assert await everything(store) == before


async def test_the_past_is_a_believable_one(parts: Parts) -> None:
    told = await seed(parts, 100)
    store = parts.store
    days = {
        row["service"]: row["half"]
        for row in await rows(
            store,
            "SELECT service, percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM since_at - opened_at)) "
            "/ 86400 AS half FROM \"case\" WHERE state = 'closed' GROUP BY service",
        )
    }
    assert 30 < days["building-permit"] < 65
    assert 17 < days["benefit-claim"] < 36
    assert 1.5 < days["missed-bin"] < 6
    outcomes = {row["outcome"] for row in await rows(store, 'SELECT DISTINCT outcome FROM "case"')}
    assert outcomes >= {"done", "refused", "withdrawn"}
    languages = {row["language"] for row in await rows(store, 'SELECT DISTINCT language FROM "case"')}
    assert languages == {"en", "cy", "es", "ar"}
    assert {row["channel"] for row in await rows(store, "SELECT DISTINCT channel FROM recipient")} == {"email", "sms"}
    learned = {row["service"] for row in await rows(store, "SELECT DISTINCT service FROM curve")}
    assert learned == {"building-permit", "benefit-claim", "missed-bin"}
    assert (await rows(store, "SELECT count(*) AS n FROM feedback"))[0]["n"] > 5
    assert (await rows(store, "SELECT count(*) AS n FROM contact"))[0]["n"] > 5
    sent = await rows(
        store,
        "SELECT t.channel, count(*) AS n FROM telling t JOIN message m ON m.id = t.message_id "
        "WHERE m.decided_at < :t GROUP BY 1",
        t=morning() - PLAYED,
    )
    assert {row["channel"]: row["n"] > 5 for row in sent}.get("email"), "dates of the past were told, too"
    assert not await rows(store, "SELECT 1 FROM message WHERE reason = 'adopted'")
    hours = await rows(
        store,
        "SELECT DISTINCT extract(isodow FROM occurred_at AT TIME ZONE 'Europe/London')::int AS d,"
        " extract(hour FROM occurred_at AT TIME ZONE 'Europe/London')::int AS h FROM entry",
    )
    assert {row["d"] for row in hours} <= {1, 2, 3, 4, 5}
    assert {row["h"] for row in hours} <= set(range(8, 20))
    assert told.cases[0]["service"] == "building-permit"
    assert {each["position"] for each in told.desk} == {"agent", "manager"}
    assert len({each["password"] for each in told.desk}) == 4
