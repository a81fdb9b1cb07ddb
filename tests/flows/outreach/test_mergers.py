"""Whoever was joined to another request hears of its end, once, and that it has not ended after all (T18)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.flows.outreach.test_ends_and_rights import MERGING, page, sent, wait
from tests.office import SECRET, START, Desk, open_desk
from tracker.core.outreach.wishes import Wish
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode
from tracker.flows.outreach import stopping
from tracker.store.ground.engine import Store

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
HEARD = ["finished", "survivor_ended"]


@pytest.fixture
async def desk(store: Store) -> Desk:
    """P-1 was joined to P-2, and its people know."""
    desk = await open_desk(store, definition=MERGING)
    await desk.status("P-2", "REC", at=START - DAY)
    await desk.status("P-1", "REC", at=START - DAY)
    await desk.party("P-1", at=START - DAY)
    await joined(desk, "P-1", "P-2")
    await wait(desk, hours=1)
    assert await purposes(desk) == ["finished"]
    return desk


async def joined(desk: Desk, number: str, to: str, **rest: object) -> None:
    await desk.status(number, "WITHDRAWN", merged_into=to, **rest)


async def ended(desk: Desk, number: str, status: str = "GRANTED", **rest: object) -> None:
    await desk.status(number, status, served_on="2026-03-02", **rest)


async def purposes(desk: Desk) -> list[str]:
    return [purpose for purpose, _ in await sent(desk)]


async def reference(desk: Desk, number: str) -> str:
    [(found,)] = await desk.rows('SELECT reference FROM "case" WHERE number = :number', number=number)
    return str(found)


@pytest.mark.parametrize(("status", "words"), [("GRANTED", "has done what it needed"), ("REFUSED", "answer was no")])
async def test_whoever_was_joined_hears_once_of_the_end_t18(desk: Desk, status: str, words: str) -> None:
    assert (await page(desk)).stage.next
    await ended(desk, "P-2", status, at=START + HOUR)
    await wait(desk, hours=1)
    assert await purposes(desk) == HEARD
    said = (await sent(desk))[-1][1]
    other = (await page(desk, "P-2")).reference
    assert "Your request was joined to another one. That one has now ended." in said and other in said
    assert words in said and "We go on with" not in said
    shown = await page(desk)
    assert shown.survivor_ended and shown.survivor == other and not shown.stage.next
    await wait(desk, days=3)
    assert await purposes(desk) == HEARD


async def test_an_end_that_is_taken_back_is_taken_back_from_them_and_told_again_t18(desk: Desk) -> None:
    await ended(desk, "P-2", at=START + HOUR)
    await wait(desk, days=1)
    await desk.say("P-2", "case.reopen", {"status": "ASSESS"}, id="again", at=START + DAY)
    await wait(desk, days=1)
    assert await purposes(desk) == [*HEARD, "reversed"]
    assert "We told you that the request yours was joined to had ended." in (await sent(desk))[-1][1]
    assert not (await page(desk)).survivor_ended
    await desk.say("P-2", "case.correction", {"event": "again", "why": "a slip"}, at=START + 2 * DAY)
    await wait(desk, days=1)
    assert await purposes(desk) == [*HEARD, "reversed", "survivor_ended"]
    await desk.say("P-2", "case.reopen", {"status": "ASSESS"}, at=START + 3 * DAY)
    await ended(desk, "P-2", "REFUSED", at=START + 3 * DAY + HOUR)
    await wait(desk, days=1)
    assert await purposes(desk) == [*HEARD, "reversed", "survivor_ended", "survivor_ended"]
    assert "we told you something else about it" in (await sent(desk))[-1][1]


async def test_chains_are_followed_t18(desk: Desk) -> None:
    await desk.status("P-3", "REC", at=START - DAY)
    await joined(desk, "P-2", "P-3", at=START + HOUR)
    await wait(desk, hours=2)
    assert await purposes(desk) == ["finished"], "to be joined further is no end"
    await ended(desk, "P-3", at=START + 2 * HOUR)
    await wait(desk, hours=1)
    assert await purposes(desk) == HEARD
    assert (await page(desk, "P-3")).reference in (await sent(desk))[-1][1]


async def test_a_circle_ends_nowhere_t18(desk: Desk) -> None:
    await joined(desk, "P-2", "P-1", at=START + HOUR)
    await wait(desk, days=2)
    assert await purposes(desk) == ["finished"]
    assert (await page(desk)).survivor == (await page(desk, "P-2")).reference, "and names not itself"
    await desk.status("P-4", "REC", at=START + HOUR)
    await joined(desk, "P-4", "P-4", at=START + 2 * HOUR)
    await wait(desk, days=1)
    assert not (await page(desk, "P-4")).survivor


async def test_one_that_had_ended_before_is_told_in_the_same_message_t18(store: Store) -> None:
    desk = await open_desk(store, definition=MERGING)
    await desk.status("P-2", "REC", at=START - DAY)
    await ended(desk, "P-2", at=START - HOUR)
    await desk.status("P-1", "REC", at=START - DAY)
    await desk.party("P-1", at=START - DAY)
    await joined(desk, "P-1", "P-2")
    await wait(desk, days=1)
    assert await purposes(desk) == ["finished"]
    assert "It has ended." in (await sent(desk))[0][1] and "We go on with" not in (await sent(desk))[0][1]


async def test_a_merger_and_an_end_at_once_lose_nothing_t18(store: Store) -> None:
    desk = await open_desk(store, definition=MERGING)
    for number in ("P-2", *(f"J-{each}" for each in range(8))):
        await desk.status(number, "REC", at=START - DAY)
        await desk.party(number, at=START - DAY, channels=[{"channel": "email", "address": f"{number}@example.org"}])
    merged = [joined(desk, f"J-{each}", "P-2", id=f"join{each}") for each in range(8)]
    await asyncio.gather(*merged[:4], ended(desk, "P-2", id="end"), *merged[4:])
    await wait(desk, hours=1)
    told = [words for _, words in await sent(desk) if "joined to" in words]
    assert len([words for words in told if "has done what it needed" in words]) == 8


async def test_one_that_comes_later_is_found_and_one_of_a_later_life_is_not_t18(desk: Desk) -> None:
    await desk.status("P-5", "REC", at=START)
    await desk.party("P-5", at=START)
    await joined(desk, "P-5", "P-6", at=START + HOUR)
    await wait(desk, hours=1)
    assert (await purposes(desk)).count("finished") == 2 and not (await page(desk, "P-5")).survivor
    await desk.status("P-6", "REC", at=START + HOUR)
    await ended(desk, "P-6", at=START + 2 * HOUR)
    await wait(desk, hours=1)
    assert (await purposes(desk)).count("survivor_ended") == 1
    await desk.change("UPDATE \"case\" SET opened_at = opened_at - interval '9 years' WHERE number = 'P-2'")
    await desk.change(
        "INSERT INTO \"case\" SELECT (json_populate_record(c, json_build_object('epoch', 2, 'id', gen_random_uuid(), "
        "'reference', 'ZZZZ', 'opened_at', c.opened_at + interval '18 years', 'state', 'closed'))).* "
        "FROM \"case\" c WHERE number = 'P-2'"
    )
    assert (await page(desk)).survivor.replace("-", "") == await reference_of_first(desk)


async def reference_of_first(desk: Desk) -> str:
    [(found,)] = await desk.rows("SELECT reference FROM \"case\" WHERE number = 'P-2' AND epoch = 1")
    return str(found)


async def test_what_is_not_theirs_is_never_told_t18(desk: Desk) -> None:
    """A number of another organisation, of test mode or of another register is no survivor; and a sensitive end has no
    outcome for others."""
    other = await open_desk(desk.store, slug="elsewhere", definition=MERGING)
    await other.status("X-1", "REC", at=START - DAY)
    await ended(other, "X-1", at=START)
    await desk.status("P-7", "REC", at=START)
    await desk.party("P-7", at=START)
    await joined(desk, "P-7", "X-1", at=START + HOUR)
    await wait(desk, days=1)
    assert not (await page(desk, "P-7")).survivor and "survivor_ended" not in await purposes(desk)
    await ended(desk, "P-2", at=START + HOUR, sensitive=True)
    await wait(desk, days=1)
    said = (await sent(desk))[-1]
    assert said[0] == "survivor_ended" and "has done what it needed" not in said[1]
    assert (await page(desk)).survivor_outcome is None


async def test_wishes_to_hear_nothing_and_quiet_hours_hold_t18(desk: Desk) -> None:
    [(address,)] = await desk.rows("SELECT normal FROM recipient WHERE channel = 'email'")
    asked = (Scope(desk.office.id, Mode.LIVE), Channel.EMAIL, address)
    await stopping.wish(desk.store, SECRET, asked, Wish.STOP, via="link")
    await ended(desk, "P-2", at=START + HOUR)
    await wait(desk, hours=1)
    [(state, reason)] = await desk.rows("SELECT state, reason FROM message WHERE purpose = 'survivor_ended'")
    assert (state, reason) == ("withheld", "stopped") and await purposes(desk) == ["finished"]
