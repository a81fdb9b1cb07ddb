"""The carrying: claim due messages, ask whether they are still true, record the attempt, send, record the outcome.

No transaction and no connection is held while a carrier works. Every write after the claim is fenced by the
attempt's number, so a worker that wakes up after its lease changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from notifications.asking import ask, recover
from notifications.channels import Carrier, Carriers, Content, Outgoing, PutOff
from notifications.render import as_json, render
from notifications.settling import Settled, answered, following, later, settle
from tracker.core.outreach.attempts import Ending
from tracker.core.outreach.retry import RETRY, Setback, Tried
from tracker.core.vocabulary.messages import MessageState
from tracker.core.vocabulary.oversight import Notice
from tracker.flows.outreach import release
from tracker.flows.outreach.release import Claimed, Links, Postponed, Released, Stopped
from tracker.store.ground import alerts
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store
from tracker.store.ground.trouble import unavailable
from tracker.store.outreach import carrying

log = logging.getLogger(__name__)

BATCH = 50
TOGETHER = 8
"""How many messages one worker hands over at the same time; at most that many connections serve them."""

IDLE_SECONDS = 0.5
ASK_SECONDS = 5.0
"""How often a worker looks whether it is time to ask about messages whose end we do not know."""

FRESH_SECONDS = 2.0
"""For so long after it was looked at, a lease is taken to hold still: it lasts a minute."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A message with its words, about to be sent by `carrier`. `fault`: what went wrong in writing them, told under
    `kind`; `content` None: not even the safe text could be made."""

    released: Released
    attempt: UUID
    carrier: Carrier
    content: Content | None
    kind: str = ""
    fault: str | None = None


class Worker:
    """Carries what is due. Any number of them may run over one database."""

    def __init__(self, store: Store, carriers: Carriers, links: Links) -> None:
        self._store = store
        self._carriers = carriers
        self._links = links
        self._stop = asyncio.Event()
        self._together = asyncio.Semaphore(TOGETHER)

    def stop(self) -> None:
        """Finish what is in hand, then return from `run`."""
        self._stop.set()

    async def run(self) -> None:
        """Work until stopped. A database that is away is waited for, with growing and uneven pauses."""
        failures, asked = 0, 0.0
        while not self._stop.is_set():
            try:
                done = await self.once()
                if time.monotonic() - asked > ASK_SECONDS:
                    done += await self.ask()
                    asked = time.monotonic()
                failures = 0
                pause = 0.0 if done else IDLE_SECONDS
            except Exception as fault:  # whatever it is, a worker that ends silently is worse: it tries again
                failures += 1
                pause = min(10.0, 0.2 * 2 ** min(failures, 8)) * random.uniform(0.5, 1.0)  # noqa: S311 - spreads, hides nothing
                event = "worker_waits_for_database" if unavailable(fault) else "worker_failed"
                log.warning(event, extra={"fault": type(fault).__name__, "failures": failures})
            await self._rest(pause)
        await self._carriers.close()

    async def _rest(self, seconds: float) -> None:
        if seconds > 0:
            try:
                await asyncio.wait_for(self._stop.wait(), seconds)
            except TimeoutError:
                return

    async def carry(self, organisation_id: UUID) -> None:
        """Carry everything that is due in one organisation; returns when nothing is left or under way."""
        while True:
            if await self._batch(organisation_id):
                continue  # there may be more, or what failed has gone on to another channel
            async with self._store.reading() as connection:
                if not await carrying.in_flight(connection, organisation_id):
                    return
            if not await recover(self._store, self._links.secret, BATCH):
                await asyncio.sleep(0.02)  # another worker holds the rest

    async def once(self, only: UUID | None = None) -> int:
        """Carry one batch, and recover what others left behind if there is time; returns how much was done."""
        carried = await self._batch(only)
        return carried + (await recover(self._store, self._links.secret, BATCH) if carried < BATCH else 0)

    async def ask(self, only: UUID | None = None) -> int:
        """Ask about messages that may have gone, where it is time; returns of how many was asked."""
        return await ask(self._store, self._carriers, self._links.secret, TOGETHER, only)

    async def _batch(self, only: UUID | None) -> int:
        """Claim, write, begin, send, settle; returns how many messages were claimed."""
        decisions = await release.claim(self._store, BATCH, only, self._links)
        looked_at = [self._prepare(each) for each in decisions]
        settled = [each for each in looked_at if isinstance(each, Settled)]
        written = [each for each in looked_at if isinstance(each, _Written)]
        begun = time.monotonic()
        ready = await self._begin(written)
        answers = await asyncio.gather(*(self._send(each, begun) for each in ready), return_exceptions=True)
        settled += [each for each in answers if isinstance(each, Settled)]
        settled += [Settled(each.released.claimed, MessageState.FAILED) for each in written if each.content is None]
        await settle(self._store, self._links.secret, settled)
        for broken in answers:
            if isinstance(broken, BaseException):
                raise broken  # after the others are settled; its own message is recovered when its lease is over
        return len(decisions)

    def _prepare(self, decision: release.Decision) -> Settled | _Written:
        """What becomes of a claimed message: its words, to hand over, unless it is not to be sent now."""
        match decision:
            case Stopped(claimed, state, reason):
                return Settled(claimed, state, reason)
            case Postponed(claimed, due_at):
                return Settled(claimed, MessageState.DUE, due=due_at)
            case Released(claimed):
                carrier = self._carriers.of(decision.sandbox, decision.channel)
                if carrier is None:
                    now = RETRY.now(Setback.NOT_CONFIGURED, Tried())
                    return following(claimed, now, Ending.NOT_CONFIGURED)
                rest = carrier.rest()
                if rest is not None:
                    return later(claimed, rest)
                return self._write(decision, carrier)

    def _write(self, released: Released, carrier: Carrier) -> _Written:
        """The exact words of a message. One that cannot even be said safely must not stop the others."""
        try:
            content, fault = render(released.facts, released.channel, self._from(released))
        except Exception as broken:
            log.error("message_failed", extra={"fault": type(broken).__name__})
            return _Written(released, new_id(), carrier, None, "message_failed", type(broken).__name__)
        return _Written(released, new_id(), carrier, content, "message_not_rendered", fault)

    def _from(self, released: Released) -> str:
        """The address that an e-mail comes from: the organisation's own, else one of this installation."""
        host = f"{released.organisation_slug}.example" if released.sandbox else urlsplit(self._links.base).hostname
        return released.sender or f"no-reply@{host}"

    async def _begin(self, written: list[_Written]) -> list[_Written]:
        """Record the attempts before any carrier is called; those whose lease is gone are another worker's now."""
        if not written:
            return []
        beginnings = [
            carrying.Beginning(
                each.released.claimed.scope,
                each.released.claimed.id,
                each.released.claimed.number,
                each.attempt,
                each.carrier.name,
                as_json(each.content),
                each.released.claimed.now,
                None if each.fault else each.released.promise,
                each.released.digest,
            )
            for each in written
            if each.content is not None
        ]
        async with self._store.transaction() as connection:
            begun = await carrying.begin_attempts(connection, beginnings)
            for each in written:
                if each.fault is not None:
                    await _alert(connection, each.released.claimed, each.kind, each.fault)
        return [each for each in written if each.attempt in begun]

    async def _send(self, message: _Written, begun: float) -> Settled | None:
        """Hand one message over; None when another worker has taken it over since."""
        released, claimed = message.released, message.released.claimed
        if message.content is None:
            return None
        async with self._together:
            if time.monotonic() - begun > FRESH_SECONDS and not await self._still_ours(claimed):
                return None
            rest = message.carrier.rest()
            if rest is not None:  # it has closed since the attempt was recorded
                return later(claimed, rest, Ending.THROTTLED)
            answer = await message.carrier.send(
                Outgoing(
                    claimed.scope,
                    claimed.id,
                    message.attempt,
                    claimed.number,
                    released.channel,
                    released.address,
                    message.content,
                    claimed.now,
                    released.sender,
                    released.facts.organisation,
                    released.facts.language,
                    released.facts.stop_url,
                )
            )
        tries = await self._tries(claimed) if isinstance(answer, PutOff) else 1
        return answered(claimed, answer, tries)

    async def _still_ours(self, claimed: Claimed) -> bool:
        """Look again before sending, after a wait: another worker may have taken over. Our lease begins anew."""
        async with self._store.transaction() as connection:
            return await carrying.renew_lease(connection, claimed.scope, claimed.id, claimed.number)

    async def _tries(self, claimed: Claimed) -> int:
        async with self._store.reading() as connection:
            return await carrying.tries(connection, claimed.scope, claimed.id)


async def _alert(connection: Any, claimed: Claimed, kind: str, subject: str) -> None:
    remedy = "Look at the template and the definition's words for this purpose, then resend what failed."
    await alerts.raise_alert(connection, claimed.scope, Notice(kind, subject, remedy), claimed.now)
