"""Twilio's words, and what they mean in ours: its codes, statuses and signatures end here.

Codes: https://www.twilio.com/docs/api/errors. Decided by code, never by text.
"""

from __future__ import annotations

from collections.abc import Mapping

from twilio.request_validator import RequestValidator

from tracker.core.outreach.attempts import Ending

REFUSALS: Mapping[int, Ending] = {
    21211: Ending.BAD_ADDRESS,
    21214: Ending.BAD_ADDRESS,
    21217: Ending.BAD_ADDRESS,
    21265: Ending.BAD_ADDRESS,
    21401: Ending.BAD_ADDRESS,
    21407: Ending.BAD_ADDRESS,
    21421: Ending.BAD_ADDRESS,
    21601: Ending.BAD_ADDRESS,
    21604: Ending.BAD_ADDRESS,
    21614: Ending.BAD_ADDRESS,
    21635: Ending.BAD_ADDRESS,
    21408: Ending.BLOCKED,
    21608: Ending.BLOCKED,
    21612: Ending.BLOCKED,
    21910: Ending.BLOCKED,
    63033: Ending.BLOCKED,
    21610: Ending.STOPPED,
    30003: Ending.UNREACHABLE,
    30004: Ending.BLOCKED,
    30005: Ending.BAD_ADDRESS,
    30006: Ending.BAD_ADDRESS,
    30007: Ending.BLOCKED,
    30008: Ending.REJECTED,
    30034: Ending.BLOCKED,
    30410: Ending.UNREACHABLE,
}
"""What is wrong with the address or the message, for good."""

OUR_ACCOUNT = frozenset({20003, 20005, 20404, 20426, 30002, 30010, 90010})
"""The account: wrong token, suspended, out of credit. Nothing of ours goes through."""

OUR_SENDER = frozenset(
    {21212, 21603, 21606, 21611, 21659, 21660, 21661, 21701, 21702, 21703, 21704, 21705, 21712, 30032}
)
"""The number or service that we send from."""

TOO_FAST = frozenset({20429, 14107, 30001, 63018})
"""We are to be slower."""

_STATUSES: Mapping[str, str] = {
    "accepted": "queued",
    "scheduled": "queued",
    "queued": "queued",
    "sending": "queued",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}


def status(word: str) -> str | None:
    """What a status says: queued, sent, delivered or failed; None: nothing that we know."""
    return _STATUSES.get(word.strip().lower())


def ending(code: str | int | None) -> Ending:
    """Why a message failed, by Twilio's code."""
    number = int(said) if (said := str(code or "")).isascii() and said.isdigit() else 0
    if number in OUR_ACCOUNT:
        return Ending.NO_CREDIT
    return REFUSALS.get(number, Ending.REJECTED)


def signed(token: str, url: str, form: Mapping[str, str], signature: str | None) -> bool:
    """Whether Twilio sent this form to this address. Never by an empty form: a body of another kind would pass, for
    it is not part of that signature. Whatever the library stumbles over is not signed."""
    if not signature or not form:
        return False
    try:
        return bool(RequestValidator(token).validate(url, dict(form), signature))
    except Exception:
        return False
