"""The public count of the demo is what somebody counts who wrote down every date that a message or a page named."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from tracker.core.answers.tellings import Way
from tracker.core.promises.punctuality import FEWEST_SHOWN
from tracker.demo.seed import OFFICES, seed
from tracker.flows.answers.lookup import Asked, look_up
from tracker.flows.organisations import offices
from tracker.flows.organisations.clock import advance
from tracker.flows.promises import punctuality
from tracker.main import put_together
from tracker.settings import Settings
from tracker.store.ground.engine import Store
from tracker.web.punctuality import word_out

LONDON = ZoneInfo("Europe/London")
SENT = """
    SELECT a.promise_id, a.started_at AS at, a.content, m.language, p.latest_on FROM attempt a
    JOIN message m ON m.id = a.message_id JOIN promise p ON p.id = a.promise_id WHERE a.outcome = 'accepted'
"""
DATES = """
    SELECT p.*, c.service, c.state, c.outcome AS closed_as, c.since_at, c.number FROM promise p
    JOIN "case" c ON c.id = p.case_id WHERE p.organisation_id = :office AND NOT c.void ORDER BY p.made_at, p.id
"""
PAST_LOOKS = "SELECT promise_id, told_at FROM telling WHERE channel = 'page' AND audience = 'public'"
FEEDBACK = "SELECT f.case_id, f.promise FROM feedback f WHERE f.organisation_id = :office"

Named = dict[Any, datetime]
"""When a date of the ledger was named first."""


async def rows(store: Store, sql: str, **values: Any) -> list[Any]:
    """The rows of a question."""
    async with store.reading() as connection:
        return list((await connection.execute(text(sql), values)).all())


def day(at: datetime) -> date:
    """The office's day."""
    return at.astimezone(LONDON).date()


async def named(store: Store, looked: Named) -> Named:
    """When each date was named first: by pages that were looked at here or in the demo's past, and by what was sent."""
    found = looked | {row.promise_id: row.told_at for row in await rows(store, PAST_LOOKS)}
    read = 0
    for row in await rows(store, SENT):
        found[row.promise_id] = min(row.at, found.get(row.promise_id, row.at))
        if row.language == "en" and row.content.get("text"):
            assert f"{row.latest_on.day} {row.latest_on:%B}" in row.content["text"].replace("\u00a0", " ")
            read += 1
    assert read > 20
    return found


def first(dates: list[Any], told: Named) -> tuple[Any, Any] | None:
    """By hand: the date of a case that was named first before its day was over, and where the days that were waited
    moved it."""
    heard = [each for each in dates if each.id in told and day(told[each.id]) <= each.latest_on]
    if not heard:
        return None
    given = counts = min(heard, key=lambda each: told[each.id])
    while counts.reason == "clock_paused":
        counts = next(each for each in dates if each.id == counts.superseded_by)
    return given, counts


def became(counts: Any) -> str:
    """By hand: what became of a date whose source was never silent."""
    if counts.closed_as in ("withdrawn", "merged"):
        return "unknown"
    if counts.state == "closed" and day(counts.since_at) <= counts.latest_on:
        return "kept"
    return "kept" if counts.state == "closed" and counts.outcome == "kept" else "broken"


async def test_t17_the_public_count_is_the_count_of_all_first_dates_that_were_named(
    store: Store, tmp_path: Path
) -> None:
    parts = put_together(Settings(data_dir=tmp_path, public_url="http://127.0.0.1:8000"), store)
    demo = await seed(parts, 160)
    looked: Named = {}
    for case in demo.cases[::2]:
        facts = await look_up(
            store, parts.secret, Asked(case["reference"], case["known_fact"], "192.0.2.1", way=Way.PAGE)
        )
        if facts.promise is not None and facts.promise.id is not None:
            looked[facts.promise.id] = facts.now
    assert len(looked) > 5
    judged = 0
    for slug in OFFICES:
        office = await offices.organisation(store, slug)
        await advance(store, office.id, office.now + timedelta(days=45), parts.worker.carry)
        judged += await counted_by_hand(store, slug, looked)
    assert judged > 60


async def counted_by_hand(store: Store, slug: str, looked: Named) -> int:
    """Count an office's dates by hand, and compare; how many could be judged."""
    office = await offices.organisation(store, slug)
    await punctuality.count(store, office.id)
    told, cases = await named(store, looked), defaultdict(list)
    for row in await rows(store, DATES, office=office.id):
        cases[row.case_id].append(row)
    fates: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    answers = {}
    for id_, dates in cases.items():
        if (found := first(dates, told)) is None:
            continue
        given, counts = found
        answers[id_] = {"kept": "kept", "broken": "missed", "unknown": "none"}[became(counts)]
        over = counts.passes_at <= office.now if counts.passes_at else counts.state == "closed"  # it ended while paused
        if over and timedelta() < day(office.now) - counts.latest_on <= timedelta(days=365):
            fates[counts.service][given.basis, became(counts)] += 1
    judged = 0
    for service in word_out(await punctuality.published(store, slug, "en")).services:
        by = fates[service.service]
        learned, stood = (
            [by[basis, fate] for fate in ("kept", "broken", "unknown")] for basis in ("history", "definition")
        )
        kept, broken, unknown = (one + other for one, other in zip(learned, stood, strict=True))
        judged += kept + broken
        if kept + broken < FEWEST_SHOWN:
            assert service.dates is None
            continue
        assert service.dates is not None
        assert (service.dates.judged, service.dates.kept, service.dates.unknown) == (kept + broken, kept, unknown)
        if service.dates.stand_ins is not None:
            assert (service.dates.stand_ins.judged, service.dates.stand_ins.kept) == (stood[0] + stood[1], stood[0])
    for row in await rows(store, FEEDBACK, office=office.id):
        assert row.promise == answers.get(row.case_id, "none")
    return judged
