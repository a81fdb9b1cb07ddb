"""The carrying: claim due messages, ask whether they are still true, record the attempt, send, record the outcome.

No transaction and no connection is held while a carrier works. Every write after the claim is fenced by the
attempt's number, so a worker that wakes up after its lease changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from notifications.channels import Accepted, Carrier, Content, Outgoing
from notifications.render import as_json, render
from tracker.core.messages import MessageState, Reason
from tracker.flows import release
from tracker.flows.release import Claimed, Links, Postponed, Released, Stopped
from tracker.flows.sweep import forget_failures, sweep
from tracker.store import carrying, records
from tracker.store.columns import new_id
from tracker.store.engine import Store
from tracker.web.trouble import unavailable

log = logging.getLogger(__name__)

BATCH = 50
TOGETHER = 8
"""How many messages one worker hands over at the same time; at most that many connections serve them."""

IDLE_SECONDS = 0.5
TIDY_SECONDS = 600.0
MOST_ATTEMPTS = 5
RETRY_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Letter:
    """A message with its words, about to be sent. `fault`: what went wrong in writing them, told under `kind`;
    `content` None: not even the safe text could be made."""

    released: Released
    attempt: UUID
    content: Content | None
    kind: str
    fault: str | None


class Worker:
    """Carries what is due. Any number of them may run over one database."""

    def __init__(self, store: Store, carrier: Callable[[bool], Carrier], links: Links) -> None:
        self._store = store
        self._carrier = carrier
        self._links = links
        self._stop = asyncio.Event()
        self._together = asyncio.Semaphore(TOGETHER)

    def stop(self) -> None:
        """Finish what is in hand, then return from `run`."""
        self._stop.set()

    async def run(self) -> None:
        """Work until stopped. A database that is away is waited for, with growing and uneven pauses."""
        failures, tidied = 0, 0.0
        while not self._stop.is_set():
            try:
                done = await self.once() + await sweep(self._store)
                if time.monotonic() - tidied > TIDY_SECONDS:
                    await forget_failures(self._store)
                    tidied = time.monotonic()
                failures = 0
                pause = 0.0 if done else IDLE_SECONDS
            except Exception as fault:  # whatever it is, a worker that ends silently is worse: it tries again
                failures += 1
                pause = min(10.0, 0.2 * 2 ** min(failures, 8)) * random.uniform(0.5, 1.0)  # noqa: S311 - spreads, hides nothing
                event = "worker_waits_for_database" if unavailable(fault) else "worker_failed"
                log.warning(event, extra={"fault": type(fault).__name__, "failures": failures})
            await self._rest(pause)

    async def _rest(self, seconds: float) -> None:
        if seconds > 0:
            try:
                await asyncio.wait_for(self._stop.wait(), seconds)
            except TimeoutError:
                return

    async def carry(self, organisation_id: UUID) -> None:
        """Carry everything that is due in one organisation; returns when nothing is left or under way."""
        while True:
            if await self._batch(organisation_id) >= BATCH:
                continue
            async with self._store.reading() as connection:
                if not await carrying.in_flight(connection, organisation_id):
                    return
            if not await self._recover():
                await asyncio.sleep(0.02)  # another worker holds the rest

    async def once(self, only: UUID | None = None) -> int:
        """Carry one batch, and recover what others left behind if there is time; returns how much was done."""
        carried = await self._batch(only)
        return carried + (await self._recover() if carried < BATCH else 0)

    async def _batch(self, only: UUID | None) -> int:
        """Claim, write, begin, send, settle; returns how many messages were claimed."""
        decisions = await release.claim(self._store, BATCH, only, self._links)
        rows = [_stopped(each) for each in decisions if isinstance(each, Stopped)]
        rows += [_postponed(each) for each in decisions if isinstance(each, Postponed)]
        letters = [self._write(each) for each in decisions if isinstance(each, Released)]
        ready = await self._begin(letters)
        answers = await asyncio.gather(*(self._send(each) for each in ready), return_exceptions=True)
        rows += [each for each in answers if isinstance(each, dict)]
        rows += [_row(each.released.claimed, MessageState.FAILED) for each in letters if each.content is None]
        if rows:
            async with self._store.transaction() as connection:
                await carrying.settle(connection, sorted(rows, key=lambda row: str(row["message"])))
        for broken in answers:
            if isinstance(broken, BaseException):
                raise broken  # after the others are settled; its own message is recovered when its lease is over
        return len(decisions)

    def _write(self, released: Released) -> _Letter:
        """The exact words of a message. One that cannot even be said safely must not stop the others."""
        try:
            content, fault = render(released.facts, released.channel, released.organisation_slug)
        except Exception as broken:
            log.error("message_failed", extra={"fault": type(broken).__name__})
            return _Letter(released, new_id(), None, "message_failed", type(broken).__name__)
        return _Letter(released, new_id(), content, "message_not_rendered", fault)

    async def _begin(self, letters: list[_Letter]) -> list[_Letter]:
        """Record the attempts before any carrier is called; those whose lease is gone are another worker's now."""
        if not letters:
            return []
        beginnings = [
            carrying.Beginning(
                each.released.claimed.organisation_id, each.released.claimed.mode.value, each.released.claimed.id,
                each.released.claimed.number, each.attempt, self._carrier(each.released.sandbox).name,
                as_json(each.content), each.released.claimed.now,
            )
            for each in letters
            if each.content is not None
        ]  # fmt: skip
        async with self._store.transaction() as connection:
            begun = await carrying.begin_attempts(connection, beginnings)
            for each in letters:
                if each.fault is not None:
                    await _alert(connection, each.released.claimed, each.kind, each.fault)
        return [each for each in letters if each.attempt in begun]

    async def _send(self, letter: _Letter) -> dict[str, Any] | None:
        """Hand one message over; None when another worker has taken it over since."""
        released, claimed = letter.released, letter.released.claimed
        if letter.content is None:
            return None
        async with self._together:
            answer = await self._carrier(released.sandbox).send(
                Outgoing(
                    claimed.organisation_id, claimed.mode.value, claimed.id, letter.attempt, claimed.number,
                    released.channel, released.address, letter.content, claimed.now,
                )
            )  # fmt: skip
        return _accepted(claimed, answer.provider_id) if isinstance(answer, Accepted) else None

    async def _recover(self) -> int:
        """Take over what a worker left behind when its lease ran out.

        Never begun: due again. Begun and caught: delivered. Begun and not caught: the sandbox says that it was
        never handed over, and refuses the old attempt from now on, so it is due again.
        """
        async with self._store.transaction() as connection:
            rows = []
            for row in await carrying.overdue(connection, BATCH):
                claimed = Claimed(row.organisation_id, row.mode, row.id, row.attempt_number, row.now)
                if row.caught_id is not None:
                    rows.append(_accepted(claimed, f"caught-{row.caught_id}"))
                elif row.attempt_number >= MOST_ATTEMPTS:
                    rows.append(_row(claimed, MessageState.FAILED, outcome="given_up"))
                    await _alert(connection, claimed, "message_failed", "given_up")
                else:
                    again = row.now + RETRY_AFTER * (row.attempt_number - 1)
                    rows.append(_row(claimed, MessageState.DUE, outcome="not_sent", due=again))
            await carrying.settle(connection, rows)
        return len(rows)


async def _alert(connection: Any, claimed: Claimed, kind: str, subject: str) -> None:
    remedy = "Look at the template and the definition's words for this purpose, then resend what failed."
    await records.alert(connection, claimed.organisation_id, claimed.mode, kind, subject, remedy, claimed.now)


def _stopped(stopped: Stopped) -> dict[str, Any]:
    return _row(stopped.claimed, stopped.state, reason=stopped.reason)


def _postponed(postponed: Postponed) -> dict[str, Any]:
    return _row(postponed.claimed, MessageState.DUE, due=postponed.due_at)


def _accepted(claimed: Claimed, provider_id: str) -> dict[str, Any]:
    """The sandbox delivers what it accepts."""
    return _row(claimed, MessageState.DELIVERED, outcome="accepted", provider_id=provider_id)


def _row(
    claimed: Claimed, state: MessageState, *, reason: Reason | None = None, outcome: str | None = None,
    provider_id: str | None = None, due: Any = None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "organisation": claimed.organisation_id, "mode": str(claimed.mode), "message": claimed.id,
        "number": claimed.number, "state": state.value, "reason": reason.value if reason else None,
        "now": claimed.now, "outcome": outcome, "provider_id": provider_id, "due": due,
    }  # fmt: skip
