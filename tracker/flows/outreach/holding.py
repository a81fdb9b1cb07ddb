"""What keeps a message from being sent at its time: what is true now of its case, its address and its office."""

from __future__ import annotations

from datetime import datetime

from tracker.core.outreach.overtaking import still_true
from tracker.core.vocabulary import addresses
from tracker.core.vocabulary.channels import AddressForm, how_to_stop, sender_of, traits_of
from tracker.core.vocabulary.messages import MessageState, Purpose, Reason
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.words import CaseState, Mode
from tracker.store.outreach import stops, texted
from tracker.store.outreach.carrying import ClaimedMessage


def wish_of(row: ClaimedMessage, secret: bytes) -> stops.Asked | None:
    """Under what a wish of this recipient to hear nothing would be kept."""
    if row.normal is None:
        return None
    return row.scope, row.channel.value, addresses.digest(secret, row.channel, row.normal), row.case_id


def first_place(row: ClaimedMessage) -> texted.Place | None:
    """Where it matters whether this is the first message, since that one says how to stop; None elsewhere."""
    if row.normal is None or how_to_stop(row.channel, sender_of(row, row.channel)) is None:
        return None
    return row.scope, row.channel, row.normal


def paused_until(row: ClaimedMessage) -> datetime | None:
    """Until when what is not urgent is not mailed, since too many of the organisation's letters come back."""
    mailed = traits_of(row.channel).form is AddressForm.MAILBOX and PURPOSES[row.purpose].may_miss
    until = row.mail_paused_until
    return until if mailed and until is not None and until > row.now else None


def stop(row: ClaimedMessage, stopped: bool, dead: bool) -> tuple[MessageState, Reason] | None:
    """Why a message is withheld or held, if it is. `stopped`: they asked to hear nothing there; `dead`: letters to that
    address come back."""
    if row.mode is Mode.TEST:
        return MessageState.WITHHELD, Reason.TEST_MODE
    if row.live_at is not None and row.decided_at < row.live_at:  # by an event that came in the moment of going live
        return MessageState.WITHHELD, Reason.ADOPTED
    if row.address is None:
        return MessageState.WITHHELD, Reason.NO_CHANNEL
    if not still_true(
        Purpose(row.purpose),
        row.cause,
        exists=not row.void,
        closed=row.case_state == CaseState.CLOSED,
        news=str(row.news_entry),
        asked=str(row.asked_entry) if row.asked_entry else None,
        promise=row.promise_id,
        office=row.office_cause,
        survivor=str(row.survivor_end) if row.survivor_end else None,
    ):
        return MessageState.WITHHELD, Reason.SUPERSEDED
    if not _as_the_other_ended(row):
        return MessageState.WITHHELD, Reason.SUPERSEDED
    if row.normal is None:
        return MessageState.WITHHELD, Reason.BAD_ADDRESS
    if stopped:
        return MessageState.WITHHELD, Reason.STOPPED
    if dead:
        return MessageState.WITHHELD, Reason.SUPPRESSED
    if row.heard_at is not None and row.now - row.heard_at > row.patience:
        return MessageState.HELD, Reason.SOURCE_SILENT
    return None


def _as_the_other_ended(row: ClaimedMessage) -> bool:
    """Whether the case that goes on in place of this one stands as the message was decided to say; where it does not,
    this one is looked at again."""
    said = row.facts.get("survivor_end")
    return row.facts.get("merged_into") is None or said == (str(row.survivor_end) if row.survivor_end else None)
