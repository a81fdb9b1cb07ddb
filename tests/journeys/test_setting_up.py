"""The commands that set up an installation mean the same wherever they are typed."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.journeys.processes import run
from tracker.flows.organisations import offices
from tracker.store.ground.engine import Store


@pytest.mark.parametrize(
    ("said", "meant"),
    [("2026-03-02", "2026-03-02T05:00:00+00:00"), ("2026-03-02T09:00:00+01:00", "2026-03-02T08:00:00+00:00")],
)
async def test_a_source_goes_live_in_its_own_zone_and_not_in_that_of_the_machine(
    store: Store, said: str, meant: str
) -> None:
    office = await offices.add_organisation(store, slug="here", name="Here Council", zone="Europe/Madrid")
    command = ("sources", "add", "permits", "--organisation", "here", "--zone", "America/New_York", "--live-from", said)
    url = store.engine.url.render_as_string(hide_password=False)
    done = run(*command, TRACKER_DATABASE_URL=url, TZ="JST-9")
    assert done.returncode == 0, done.stderr
    async with store.reading() as connection:
        query = text("SELECT live_from FROM source WHERE organisation_id = :office AND name = 'permits'")
        live_from = (await connection.execute(query, {"office": office.id})).scalar_one()
    assert live_from.isoformat() == meant
