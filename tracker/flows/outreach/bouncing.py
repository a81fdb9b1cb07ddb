"""A report about a letter came back: what is ours is heeded, once; what is not is counted and forgotten."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.outreach.attempts import Ending
from tracker.core.outreach.bounces import BOUNCES, Bounce, too_many
from tracker.core.outreach.retry import RETRY, Setback, Tried
from tracker.core.outreach.wishes import Wish
from tracker.core.vocabulary import addresses, references
from tracker.core.vocabulary.messages import MessageState
from tracker.core.vocabulary.oversight import Notice
from tracker.flows.outreach import ladder, normal_form, stopping, suppressing
from tracker.store.ground import alerts
from tracker.store.ground.engine import Store
from tracker.store.outreach import bounces, receipts
from tracker.store.outreach.bounces import BouncedLetter

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SealedName:
    """What a report names by one of our seals: an attempt, or a message (`is_message`). `organisation_id` None: the
    seal does not say whose it is."""

    id: UUID
    organisation_id: UUID | None = None
    is_message: bool = False


@dataclass(frozen=True, slots=True)
class BounceReport:
    """What came back. `names`: what our seals in it name, the surest first. `recipients`: whom it is about, if it says
    so, as it says so."""

    bounce: Bounce
    ending: Ending
    names: tuple[SealedName, ...]
    recipients: tuple[str, ...] = ()


class Heeded(StrEnum):
    """What a report came to."""

    DONE = "done"
    """It is about a letter of ours, and was heeded."""
    REPEATED = "repeated"
    """The same was reported of the same letter before."""
    NOT_OURS = "not_ours"
    """Nothing in it is sealed by us, or what is sealed names no letter that went out."""
    ANOTHER_ADDRESS = "another_address"
    """It is about another address than the letter went to, or the letter's was erased."""


async def heed(store: Store, secret: bytes, report: BounceReport) -> Heeded:
    """Heed a report, in one transaction."""
    async with store.transaction() as connection:
        heeded = await _heed(connection, secret, report)
    log.info("bounce", extra={"bounce": report.bounce.value, "heeded": heeded.value})
    return heeded


async def _heed(connection: AsyncConnection, secret: bytes, report: BounceReport) -> Heeded:
    letter = await _letter(connection, report.names)
    attempt = await receipts.attempt(connection, letter.organisation_id, letter.id) if letter else None
    if letter is None or attempt is None:
        return Heeded.NOT_OURS
    if not _is_about(letter, report.recipients, secret):
        return Heeded.ANOTHER_ADDRESS
    fresh = await receipts.save(
        connection, attempt, provider_id=letter.provider_id or "", status=report.bounce, code=report.ending, body={}
    )
    if not fresh:
        return Heeded.REPEATED
    traits, now = BOUNCES[report.bounce], attempt.now
    if traits.stops and letter.normal is not None and _is_about(letter, (letter.normal,), secret):
        asked = (letter.scope, letter.channel, letter.normal)
        await stopping.heed(connection, secret, asked, Wish.STOP, via="complaint", now=now)
    if traits.lost:
        moved = letter.normal is not None and not _is_about(letter, (letter.normal,), secret)
        dead = await _count(connection, letter, report.bounce, now)
        if dead and not moved:
            await _alert(connection, letter, now)
        # To the address that the office gave meanwhile; else to the same one, as long as it may still be good.
        again = moved and await bounces.again(connection, letter.scope, letter, now, report.ending)
        if not again and traits.again and not dead:
            again = await _again(connection, secret, attempt, letter, report)
        if not again:
            await _lost(connection, secret, attempt, letter, report)
        await _rest(connection, letter, now)
    return Heeded.DONE


async def _letter(connection: AsyncConnection, names: Collection[SealedName]) -> BouncedLetter | None:
    """The letter that the first of these names that went out; none where they name different messages."""
    letters = []
    for name in names:
        if name.is_message and name.organisation_id is not None:
            letter = await bounces.by_message(connection, name.organisation_id, name.id)
        else:
            letter = await bounces.by_attempt(connection, name.organisation_id, name.id)
        if letter is not None:
            letters.append(letter)
    return letters[0] if len({each.message_id for each in letters}) == 1 else None


def _is_about(letter: BouncedLetter, recipients: Collection[str], secret: bytes) -> bool:
    """Whether a report that names these recipients, or none, is about the address to which the letter went."""
    normals = (normal_form.normal(letter.channel, each, "") for each in recipients)
    digests = {addresses.digest(secret, letter.channel, each) for each in normals if each is not None}
    return letter.digest is not None and (not recipients or letter.digest in digests)


async def _count(connection: AsyncConnection, letter: BouncedLetter, bounce: Bounce, now: datetime) -> bool:
    """What the report means for the address: True when from now on nothing goes there."""
    assert letter.digest is not None, "a letter whose address was erased is not heeded"
    asked = (letter.scope, letter.channel.value, letter.digest)
    if BOUNCES[bounce].suppresses:
        dead = await suppressing.suppress(connection, asked, bounce, letter.started_at)
    else:
        soft = bounce is Bounce.SOFT
        dead = soft and await suppressing.count_soft(connection, asked, letter.normal, letter.started_at, now)
    return dead


async def _alert(connection: AsyncConnection, letter: BouncedLetter, now: datetime) -> None:
    remedy = "Letters to this person come back: ask the back office for a better address. With it they go again."
    notice = Notice("address_suppressed", references.spell(letter.reference), remedy)
    await alerts.raise_alert(connection, letter.scope, notice, now)


async def _rest(connection: AsyncConnection, letter: BouncedLetter, now: datetime) -> None:
    """Where too many letters come back, what is not urgent is not mailed for a while, and operators are told."""
    newest = await bounces.came_back(connection, letter.scope, letter.channel)
    if too_many(newest.letters, newest.came_back) and await bounces.pause(connection, letter.organisation_id, now):
        remedy = "More than 5 in 100 e-mails come back. Ask the back office where its addresses are from; mend them."
        await alerts.raise_alert(connection, letter.scope, Notice("mail_paused", letter.channel, remedy), now)


async def _again(
    connection: AsyncConnection,
    secret: bytes,
    attempt: receipts.ReportedAttempt,
    letter: BouncedLetter,
    report: BounceReport,
) -> bool:
    """Try the same channel again, as often as any other letter that was put off; not where there is another one."""
    now = RETRY.now(Setback.PUT_OFF, Tried(tries=letter.tries))
    if now.after is None or await ladder.other_channel(connection, secret, letter.scope, letter.message_id) is not None:
        return False
    await bounces.again(connection, letter.scope, letter, attempt.now + now.after, report.ending)
    return True


async def _lost(
    connection: AsyncConnection,
    secret: bytes,
    attempt: receipts.ReportedAttempt,
    letter: BouncedLetter,
    report: BounceReport,
) -> None:
    """The letter did not arrive: another channel, or staff."""
    scope, now, message = letter.scope, attempt.now, letter.message_id
    lost = await receipts.advance(
        connection, attempt, MessageState.FAILED, provider_id=letter.provider_id or "", outcome=report.ending
    )
    if not lost:
        return
    if report.bounce is Bounce.REFUSED:
        remedy = "A mail system does not let our letters in. See that DNS (SPF, DKIM, DMARC) allows the mail server."
        await alerts.raise_alert(connection, scope, Notice("letter_refused", report.ending, remedy), now)
    await ladder.next_rung(connection, secret, scope, message, now)
