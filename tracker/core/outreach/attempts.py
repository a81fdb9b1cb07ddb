"""How one attempt to send a message ended, in our words: those of providers end in the file of each provider."""

from __future__ import annotations

from enum import StrEnum


class Ending(StrEnum):
    """The outcome of one attempt, as it is kept with it."""

    ACCEPTED = "accepted"
    """The provider has taken it."""
    BAD_ADDRESS = "bad_address"
    """Nobody can be reached there: no such mailbox, no mobile number."""
    BLOCKED = "blocked"
    """The provider, the network or the reader's mail system does not let it through."""
    MAILBOX_FULL = "mailbox_full"
    """There is no room for it."""
    UNREACHABLE = "unreachable"
    """The telephone could not be reached for as long as the network tried."""
    STOPPED = "stopped"
    """The provider knows that this person asked us to stop."""
    REJECTED = "rejected"
    """Refused for another reason."""
    PUT_OFF = "put_off"
    """Not now, says the other side: to be tried again, a few times."""
    THROTTLED = "throttled"
    """We were too fast for the provider."""
    PROVIDER_DOWN = "provider_down"
    """The provider could not be reached, or had trouble of its own."""
    NO_CREDIT = "no_credit"
    """The provider does not work for us: the account is suspended, out of credit, or the password is wrong."""
    SENDER_REFUSED = "sender_refused"
    """The provider does not let us send from the address or number that the organisation has given."""
    NOT_CONFIGURED = "not_configured"
    """No carrier for the channel is configured."""
    UNSURE = "unsure"
    """It may have gone."""
    NOT_SENT = "not_sent"
    """It certainly did not go."""
    GIVEN_UP = "given_up"
    """Tried as often as we try."""


FREE = frozenset({Ending.THROTTLED, Ending.PROVIDER_DOWN, Ending.NO_CREDIT, Ending.SENDER_REFUSED})
"""Endings that are no fault of the message, and cost it none of its tries."""
