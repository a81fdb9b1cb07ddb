"""The vocabulary of messages: why one is sent, where it stands, why one was not sent, and what makes it unique."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID


class Purpose(StrEnum):
    """Why somebody hears from us. What holds of each is in `core.vocabulary.purposes`."""

    ACKNOWLEDGED = "acknowledged"
    UPDATED = "updated"
    ACTION_NEEDED = "action_needed"
    REMINDER = "reminder"
    DEADLINE_PASSED = "deadline_passed"
    SUPPLIED = "supplied"
    DATE_CHANGED = "date_changed"
    DELAYED = "delayed"
    STILL_WORKING = "still_working"
    CORRECTED = "corrected"
    REVERSED = "reversed"
    FINISHED = "finished"
    SURVIVOR_ENDED = "survivor_ended"
    LIMIT_PASSED = "limit_passed"
    FEEDBACK = "feedback"


class MessageState(StrEnum):
    """Where a message stands. Only `due` and `held` may still change their mind; which state may follow which, and by
    what, says `core.outreach.message_transitions`."""

    DUE = "due"
    """Decided; it goes out at its due time."""
    HELD = "held"
    """It may be true, but its source has fallen silent: it waits until we hear from that office again."""
    WITHHELD = "withheld"
    """Decided against, with the reason."""
    SENDING = "sending"
    """A worker has claimed it under a lease."""
    SENT = "sent"
    """The provider has accepted it."""
    DELIVERED = "delivered"
    """A receipt says that it arrived."""
    UNKNOWN = "unknown"
    """The provider may have accepted it: settled by a receipt or by asking, never by sending again blindly."""
    FAILED = "failed"
    """It will not arrive; an operator is told."""


class Reason(StrEnum):
    """Why a message was withheld or is held. Documented for operators in docs/operations.md."""

    ADOPTED = "adopted"
    """The case was open before the source went live: silent until its first real news."""
    NO_RECIPIENT = "no_recipient"
    """No party of the case is somebody whom this service tells."""
    ROLE_NOT_TOLD = "role_not_told"
    """The party has a role that this service does not tell."""
    SAME_ADDRESS = "same_address"
    """Another party of the case has the same address, and is told there."""
    NO_CHANNEL = "no_channel"
    """The party has no address on a channel that this service uses."""
    TEST_MODE = "test_mode"
    """The case was made with a test key: nothing is delivered."""
    SUPERSEDED = "superseded"
    """Newer news came before it went out, so that it would not be true any more."""
    BUDGET_SPENT = "budget_spent"
    """The case has had as many messages as its service allows; what is urgent is never cut."""
    PURPOSE_OFF = "purpose_off"
    """The service does not send messages of this purpose."""
    STOPPED = "stopped"
    """The person asked us to stop: a text with STOP, or the link in an e-mail."""
    SUPPRESSED = "suppressed"
    """Letters to this address come back; nothing goes there until it is confirmed anew."""
    BAD_ADDRESS = "bad_address"
    """What the office gave is no address that anything can be sent to."""
    OLD_NEWS = "old_news"
    """It happened too long ago to be told as news: the page has it, with its day."""
    SOURCE_SILENT = "source_silent"
    """We have not heard from the office for longer than its rhythm allows: we do not know that it still holds."""


def key(case: UUID, purpose: Purpose, party: str, rung: int, cause: str, *, resend: int = 0) -> str:
    """What makes a message unique, so that two schedulers or two deliveries of one event cannot send it twice.

    `party` is the recipient's id in the case, `rung` the step of the channel ladder (0 is the first choice),
    `cause` the entry or the date that it tells of, `resend` counts deliberate repetitions.
    """
    return f"{case}:{purpose}:{rung}:{resend}:{cause}:{party}"
