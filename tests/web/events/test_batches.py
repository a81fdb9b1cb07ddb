"""Many events in one request: an answer for each in its place, and one that is bad keeps none of the others out."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import text

from integrations.inbound import MOST_EVENTS
from tests.http import Site, open_site
from tests.office import SERVICE, START
from tests.web.reading import problem
from tracker.core.deciding.decide import Deciding
from tracker.core.deciding.reports import Answer, RefusedEvent, Report, Reporter
from tracker.flows.deciding.intake import CHUNK
from tracker.store.ground.engine import Store, open_store


@pytest.fixture
async def site(store: Store, tmp_path: Path) -> AsyncIterator[Site]:
    async with open_site(store, tmp_path) as opened:
        yield opened


async def send(site: Site, events: Any) -> httpx.Response:
    """POST a batch with the office's key; bytes go as they are."""
    headers = {"Authorization": f"Bearer {site.desk.key}", "Content-Type": "application/json"}
    body = events if isinstance(events, bytes) else orjson.dumps(events)
    return await site.http.post("/api/v1/events/batch", content=body, headers=headers)


def status(site: Site, number: str, code: str, **changes: Any) -> dict[str, Any]:
    return site.event(subject=number, data={"service": SERVICE, "status": code}, **changes)


async def test_each_event_has_its_answer_in_its_place(site: Site) -> None:
    events = [status(site, "P-1", "REC"), status(site, "P-2", "VAL"), status(site, "P-1", "VAL")]
    answer = await send(site, events)
    assert answer.status_code == 200
    assert [each["outcome"] for each in answer.json()] == ["applied", "parked", "applied"]
    assert answer.json()[0]["reference"] == answer.json()[2]["reference"]
    again = await send(site, events)
    assert [each["outcome"] for each in again.json()] == ["duplicate"] * 3
    assert [each["entry"] for each in again.json()] == [each["entry"] for each in answer.json()]


async def test_case_12_one_bad_event_of_500_loses_none_of_the_others(site: Site) -> None:
    events = [status(site, f"P-{each}", "REC") for each in range(500)]
    events[123]["time"] = "yesterday"
    answers = (await send(site, events)).json()
    assert [place for place, each in enumerate(answers) if each.get("outcome") != "applied"] == [123]
    assert (answers[123]["status"], answers[123]["pointer"]) == (400, "/time")
    assert answers[123]["type"] == "/problems/malformed" and answers[123]["remedy"]
    assert (await site.desk.rows('SELECT count(*) FROM "case"'))[0][0] == 499
    del events[123]
    assert {each["outcome"] for each in (await send(site, events)).json()} == {"duplicate"}


async def test_every_refusal_is_the_one_that_a_single_event_would_have_had(site: Site) -> None:
    await site.status("P-1", "REC", id="once")
    bad = [
        status(site, "P-1", "VAL", id="once"),
        status(site, "P-1", "VAL", source="another"),
        status(site, "P-1", "VAL", register="not-ours"),
        status(site, "P-1", "VAL", time=(START + timedelta(days=2)).isoformat()),
        site.event(data={"service": "no-such", "status": "REC"}),
        site.event(unheard="of"),
        "no object",
        {"id": "x\u0001"},
    ]
    answers = (await send(site, [status(site, "P-9", "REC"), *bad, status(site, "P-9", "VAL")])).json()
    singly = [(await site.post(each)).json() for each in bad[:6]]
    assert [each["outcome"] for each in (answers[0], answers[-1])] == ["applied", "applied"]
    assert [each["status"] for each in answers[1:-1]] == [422, 403, 403, 422, 422, 400, 400, 400]
    kinds = ("type", "title", "status", "remedy", "pointer")
    for ours, single in zip(answers[1:7], singly, strict=True):
        assert [timeless(ours.get(name)) for name in kinds] == [timeless(single.get(name)) for name in kinds]
    actions = await site.desk.rows("SELECT action, count(*) FROM audit GROUP BY 1 ORDER BY 1")
    assert [tuple(row) for row in actions] == [("intake.content_differs", 2), ("intake.not_granted", 4)]


def timeless(said: object) -> str:
    """Without the time of day, which goes on between two answers."""
    return re.sub(r"\d\d:\d\d:\d\d", "", str(said))


async def test_the_same_id_twice_in_a_batch_counts_once_also_under_two_numbers(site: Site) -> None:
    twice = status(site, "P-1", "REC", id="twice")
    answers = (await send(site, [twice, twice, {**twice, "subject": "P-2"}])).json()
    assert [each.get("outcome") for each in answers] == ["applied", "duplicate", None]
    assert answers[1]["entry"] == answers[0]["entry"]
    assert answers[2]["type"] == "/problems/content-differs"
    assert len(await site.desk.rows("SELECT 1 FROM entry")) == 1


async def test_a_whole_case_in_one_batch_is_as_if_it_had_come_event_by_event(site: Site) -> None:
    codes = ("REC", "VAL", "RFI", "RFI-IN", "ASSESS")
    party = {"party": "1", "channels": [{"channel": "email", "address": "a@example.org"}], "known_fact": "AB1 2CD"}

    def events(number: str) -> list[dict[str, Any]]:
        at = [(START - timedelta(hours=9 - place)).isoformat() for place in range(6)]
        return [
            status(site, number, codes[0], time=at[0]),
            site.event(subject=number, type="case.party", time=at[1], data=party),
            *(status(site, number, code, time=at[place + 2]) for place, code in enumerate(codes[1:])),
        ]

    for each in events("ONE-BY-ONE"):
        await site.post(each)
    await send(site, events("TOGETHER"))
    assert await made(site, "TOGETHER") == await made(site, "ONE-BY-ONE")


async def made(site: Site, number: str) -> list[list[tuple[Any, ...]]]:
    """What became of a case, without ids."""
    of = 'JOIN "case" c ON c.id = {}.case_id WHERE c.number = :number'
    queries = (
        'SELECT stage, state, waiting_on, clock, next_word_on, wake_at, forget_at FROM "case" WHERE number = :number',
        f"SELECT e.placement, e.stage, e.shown, e.position_at, e.rank FROM entry e {of.format('e')} ORDER BY 4, 5",
        "SELECT m.purpose, m.state, m.reason, round(extract(epoch FROM m.due_at - m.decided_at) / 60) AS minutes, "
        f"m.facts->>'stage' FROM message m {of.format('m')} ORDER BY 1, 2, 5",
        f"SELECT p.basis, p.latest_on, p.passes_at, p.reason FROM promise p {of.format('p')} ORDER BY p.id",
    )
    return [[tuple(row) for row in await site.desk.rows(query, number=number)] for query in queries]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"[{]", "not JSON"),
        (b"{}", "not an array"),
        (b"[" * 30 + b"]" * 30, "nests more than"),
        (b"", "empty"),
    ],
)
async def test_what_is_no_array_is_refused_whole(site: Site, body: bytes, words: str) -> None:
    answer = await send(site, body)
    assert answer.status_code == 400
    assert words in answer.json()["detail"]


async def test_there_is_a_limit_and_nothing_is_stored_beyond_it(site: Site) -> None:
    answer = await send(site, [status(site, "P-1", "REC") for _ in range(MOST_EVENTS + 1)])
    assert answer.status_code == 400
    assert str(MOST_EVENTS) in answer.json()["remedy"]
    assert not await site.desk.rows("SELECT 1 FROM entry")
    assert (await send(site, [])).json() == []


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"1," * 3_000_000 + b"1]",
        b'["",' + b'"",' * 2_000_000 + b'""]',
        b'[{"id":[' + b"[]," * 2_000_000 + b"[]]}]",
    ],
)
async def test_what_would_take_long_to_look_at_is_refused_at_once(site: Site, body: bytes) -> None:
    answer = await send(site, body)
    assert "values" in problem(answer, 400, "malformed")["detail"]


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/xml", "application/cloudevents-batch+json", "application/json; charset=latin1", ""],
)
async def test_another_kind_of_content_is_refused_as_with_a_single_event(site: Site, kind: str) -> None:
    given = {"Authorization": f"Bearer {site.desk.key}", "Content-Type": kind}
    answer = await site.http.post("/api/v1/events/batch", content=b"[]", headers=given)
    assert "JSON array" in problem(answer, 415, "unsupported-content")["remedy"] or "UTF-8" in answer.text


async def test_others_go_on_between_the_events_of_one_case(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    events, turns = [status(site, "P-1", code) for code in ["REC", *["VAL", "RFI"] * 20]], 0
    decided_at, take = list[int](), Deciding.take

    def noting(self: Deciding, report: Report, by: Reporter) -> Answer | RefusedEvent:
        decided_at.append(turns)
        return take(self, report, by)

    monkeypatch.setattr(Deciding, "take", noting)
    sending = asyncio.create_task(send(site, events))
    while not sending.done():
        turns += 1
        await asyncio.sleep(0)
    assert (await sending).status_code == 200
    assert len(set(decided_at)) == len(events), "others had a turn before each"


async def test_a_batch_may_be_longer_than_an_event_and_not_endless(site: Site) -> None:
    note = {"audience": "internal", "text": "x" * 1_900}
    longer = [site.event(id=f"n{each}", type="case.note", data=note) for each in range(MOST_EVENTS)]
    assert len(orjson.dumps(longer)) > 1_500_000, "longer than a single event may be"
    answer = await send(site, longer)
    assert answer.status_code == 200 and answer.json()[0]["outcome"] == "parked"
    endless = await send(site, b"[" + b" " * 8_000_000 + b"]")
    problem(endless, 413, "too-large")


async def test_a_case_that_cannot_be_read_keeps_none_of_the_others_out(site: Site) -> None:
    await site.status("P-1", "REC")
    await site.desk.change("UPDATE entry SET body = body - 'status'")
    answers = (
        await send(site, [status(site, "P-2", "REC"), status(site, "P-1", "VAL"), status(site, "P-3", "REC")])
    ).json()
    assert [each.get("outcome") for each in answers] == ["applied", None, "applied"]
    assert answers[1]["type"] == "/problems/case-not-read"
    assert [row.kind for row in await site.desk.rows("SELECT kind FROM alert")] == ["case_not_read"]
    alone = await site.status("P-1", "VAL")
    assert (alone.status_code, alone.headers["Retry-After"]) == (503, "3600")


async def test_without_a_key_nothing_is_read(site: Site) -> None:
    answer = await site.http.post("/api/v1/events/batch", json=[])
    assert answer.status_code == 401


CUT = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state IN ('active', 'idle in transaction')
"""


async def test_a_batch_whose_connections_are_cut_is_sent_again_and_each_event_counts_once(
    site: Site, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    events = [status(site, f"P-{each}", code) for each in range(60) for code in ("REC", "VAL", "ASSESS")]
    answers, broken_off = list[httpx.Response](), list[list[dict[str, Any]]]()
    other, dice = open_store(store.engine.url.render_as_string(), pool_size=1), random.Random(44)
    async with other.reading() as cutting:
        while not broken_off or len(answers) < 5:
            sending = asyncio.create_task(send(site, events))
            await asyncio.sleep(dice.uniform(0.02, 0.1))
            await cutting.execute(text(CUT))
            answers.append(answer := await sending)
            if answer.status_code == 200 and answer.json()[-1].get("status") == 503:
                broken_off.append(answer.json())
            assert len(answers) < 80, "nothing was cut half-way"
    await other.close()
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 503)
    assert not [each for each in caplog.messages if "rollback" in each], "the log says what broke, not what followed"
    for partly in broken_off:
        assert len(partly) == len(events)
        place = next(place for place, each in enumerate(partly) if each.get("status") == 503)
        assert place > 0 and place % CHUNK == 0
        assert {each["outcome"] for each in partly[:place]} <= {"applied", "duplicate"}
        assert {(each["type"], each["retry_after_seconds"]) for each in partly[place:]} == {("/problems/not-ready", 5)}
    last = await send(site, events)
    assert {each["outcome"] for each in last.json()} <= {"applied", "duplicate"}
    stages = await site.desk.rows('SELECT stage, count(*) FROM "case" GROUP BY stage')
    assert [tuple(each) for each in stages] == [("assessing", 60)]
    assert (await site.desk.rows("SELECT count(*) FROM entry"))[0][0] == len(events)
