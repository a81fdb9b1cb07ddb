"""A year passes in the demo: nobody is disturbed at night, told twice, or told anything after they asked us to stop."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from tracker.core.outreach.wishes import Wish
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode
from tracker.demo.seed import OFFICES, seed
from tracker.flows.organisations import offices
from tracker.flows.organisations.clock import advance
from tracker.flows.outreach import stopping
from tracker.main import put_together
from tracker.settings import Settings
from tracker.store.ground.engine import Store

SENT = """
    SELECT k.organisation_id, k.address, k.caught_at, a.started_at, m.key, m.case_id, m.party, m.purpose, m.cause,
        coalesce(m.facts ->> 'zone', o.zone) AS zone
    FROM caught k
    JOIN attempt a ON a.organisation_id = k.organisation_id AND a.mode = k.mode AND a.id = k.id
    JOIN message m ON m.organisation_id = k.organisation_id AND m.mode = k.mode AND m.id = k.message_id
    JOIN organisation o ON o.id = k.organisation_id
"""
LONGEST_OPEN = """
    SELECT c.organisation_id, r.channel, r.normal, r.address FROM "case" c
    JOIN recipient r ON r.organisation_id = c.organisation_id AND r.mode = c.mode AND r.case_id = c.id
    WHERE c.state = 'open' AND c.next_word_at IS NOT NULL ORDER BY c.next_word_at LIMIT 1
"""


async def asked(store: Store, sql: str) -> list[Any]:
    """The rows of a question."""
    async with store.reading() as connection:
        return list((await connection.execute(text(sql))).all())


async def test_in_a_year_no_message_comes_at_night_none_twice_and_none_after_a_stop(
    store: Store, tmp_path: Path
) -> None:
    parts = put_together(Settings(data_dir=tmp_path, public_url="http://127.0.0.1:8000"), store)
    await seed(parts, 60)
    before = len(await asked(store, SENT))
    known = [await offices.organisation(store, slug) for slug in OFFICES]
    for office in known:
        await advance(store, office.id, office.now + timedelta(days=10), parts.worker.carry)
    (stopped,) = await asked(store, LONGEST_OPEN)
    whom = (Scope(stopped.organisation_id, Mode.LIVE), Channel(stopped.channel), stopped.normal)
    stopped_at = (await offices.organisation(store, known[0].slug)).now
    assert await stopping.wish(store, parts.secret, whom, Wish.STOP, via="link")
    for office in known:
        await advance(store, office.id, office.now + timedelta(days=365), parts.worker.carry)

    sent = await asked(store, SENT)
    assert len(sent) > before + 20, "there was something to be wrong about"
    for each in sent:
        local = each.started_at.astimezone(ZoneInfo(each.zone)).time()
        assert time(8) <= local < time(21), (each.purpose, local)
    keys = [(each.organisation_id, each.key) for each in sent]
    assert len(keys) == len(set(keys))
    told = [(each.case_id, each.party, each.purpose, each.cause) for each in sent]
    assert len(told) == len(set(told))
    later = [each for each in sent if each.organisation_id == stopped.organisation_id and each.caught_at > stopped_at]
    assert later
    assert stopped.address not in {each.address for each in later}
    withheld = await asked(store, "SELECT 1 FROM message WHERE reason = 'stopped'")
    assert withheld, "something would have gone there"
