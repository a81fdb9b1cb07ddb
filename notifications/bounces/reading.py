"""A letter that came to the mailbox for bounces, read: what it reports, and of which letter of ours.

Reports of mail servers (RFC 3464 with the codes of RFC 3463), complaints (ARF, RFC 5965) and automatic answers (RFC
3834) are known by their form; the many other shapes of bounces by `flufl.bounce`. Whose letter it is says a seal of
ours alone.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.message import Message
from typing import Final, NamedTuple

from flufl.bounce import all_failures

from notifications.bounces.seals import names_in
from notifications.mail_codes import EnhancedCode, bounced, enhanced
from tracker.core.outreach.attempts import Ending
from tracker.core.outreach.bounces import Bounce
from tracker.flows.outreach.bouncing import BounceReport

logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)  # it tells of every detector, and whom it came upon

MOST_BYTES: Final = 256_000
"""So much of a letter is read: what a report says stands at its beginning, before the letter that it returns."""

MOST_PARTS: Final = 50
MOST_RECIPIENTS: Final = 20

_SENT_TO: Final = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "to")
_ANSWERS: Final = ("in-reply-to", "references")
_OURS: Final = ("message-id", "x-attempt", "return-path")
_COMPLAINTS: Final = frozenset({"abuse", "fraud", "opt-out", "opt-out-list", "other"})
_SMTP: Final = re.compile(
    r"(?<![\d.])([245])\d\d[ -]+(?:#?([245]\.\d{1,3}\.\d{1,3})(?![\d.]))?|#([245]\.\d{1,3}\.\d{1,3})(?![\d.])"
)
_ADDRESS: Final = re.compile(r"[^\s@<>;,]+@[^\s@<>;,]+")


class _Reported(NamedTuple):
    """What a letter reports. `formal`: its form says so, and not a guess by its words."""

    bounce: Bounce
    ending: Ending
    recipients: tuple[str, ...] = ()
    formal: bool = True


def read(raw: bytes, secret: bytes) -> BounceReport | None:
    """What a letter reports; None when it is no report, or cannot be read: perhaps somebody wrote to us."""
    try:
        letter = message_from_bytes(raw[:MOST_BYTES])
        reported = _reported(letter)
        if reported is None:
            return None
        names = names_in(_returned(letter), secret)
        if not names and reported.formal:
            names = names_in(_values(letter, _ANSWERS), secret)
    except Exception:  # made to break the parser: whatever it is, it is no report
        return None
    return BounceReport(reported.bounce, reported.ending, names, reported.recipients)


def _reported(letter: Message) -> _Reported | None:
    for part in _parts(letter):
        kind = part.get_content_type()
        if kind == "message/feedback-report":
            return _complaint(part)
        if kind == "message/delivery-status":
            told = _status(part)
            if told is not None:
                return told
    return _guess(letter) or _automatic(letter)


def _complaint(part: Message) -> _Reported | None:
    """Its reader calls it spam. Whom they are is often blackened out (RFC 6590), and not asked: the seal says it."""
    payload = part.get_payload()
    fields = payload[0] if isinstance(payload, list) and payload else None
    kind = str(fields.get("feedback-type", "")).strip().lower() if isinstance(fields, Message) else ""
    return _Reported(Bounce.COMPLAINT, Ending.STOPPED) if kind in _COMPLAINTS else None


def _status(part: Message) -> _Reported | None:
    """The worst that a mail server says of a recipient: that it failed, else that it is late."""
    payload = part.get_payload()
    groups = [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []
    by_action: dict[str, list[Message]] = {}
    for group in groups:
        by_action.setdefault(str(group.get("action", "")).split("(")[0].strip().lower(), []).append(group)
    if lost := by_action.get("failed"):
        return _Reported(*bounced(_code(lost[0]) or EnhancedCode(5, 0, 0)), _recipients(lost))
    late = by_action.get("delayed")
    return _Reported(Bounce.DELAYED, Ending.PUT_OFF, _recipients(late)) if late else None


def _code(group: Message) -> EnhancedCode | None:
    """The code of a recipient: what the last server said, where the reporting one says nothing more than that it
    failed."""
    said = enhanced(str(group.get("status", "")))
    if said is None or (said.subject, said.detail) == (0, 0):
        return _code_in(str(group.get("diagnostic-code", ""))) or said
    return said


def _code_in(text: str) -> EnhancedCode | None:
    """The code in a reply that stands in a text, the first that says more than its class if there is one."""
    plain: EnhancedCode | None = None
    for match in _SMTP.finditer(text[:10_000]):
        code = enhanced(match[2] or match[3] or "") or (EnhancedCode(int(match[1]), 0, 0) if match[1] else None)
        if code is not None and code.kind != 2:
            if code.subject or code.detail:
                return code
            plain = plain or code
    return plain


def _recipients(groups: Sequence[Message]) -> tuple[str, ...]:
    """Whom these are about (RFC 3464, 2.3.1 and 2.3.2): `rfc822; name@domain`."""
    values = (str(group.get(name, "")) for group in groups for name in ("original-recipient", "final-recipient"))
    return _addresses(values)


def _addresses(values: Iterator[str]) -> tuple[str, ...]:
    """The addresses in these, a domain of other letters as people write it."""
    found = (match[0] for value in values for match in _ADDRESS.finditer(value[:500]))
    return tuple(dict.fromkeys(map(_readable, found)))[:MOST_RECIPIENTS]


def _readable(address: str) -> str:
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('ascii').decode('idna')}"
    except UnicodeError:
        return address


def _guess(letter: Message) -> _Reported | None:
    """A bounce of another shape. What is temporary there is a warning: it is tried again."""
    temporary, permanent = all_failures(letter)
    recipients = _addresses(each.decode("utf-8", "replace") for each in (*permanent, *temporary))
    if permanent:
        code = next((code for text in _texts(letter) if (code := _code_in(text)) is not None), EnhancedCode(5, 0, 0))
        return _Reported(*bounced(code), recipients, formal=False)
    return _Reported(Bounce.DELAYED, Ending.PUT_OFF, recipients, formal=False) if temporary else None


def _automatic(letter: Message) -> _Reported | None:
    """A machine answers: by RFC 3834, or by what was in use before it."""
    said = str(letter.get("auto-submitted", "no")).split(";")[0].strip().lower()
    older = str(letter.get("precedence", "")).strip().lower() == "auto_reply"
    older = older or any(name in letter for name in ("x-autoreply", "x-autorespond", "x-autoresponder"))
    if said not in ("no", "auto-generated") or older:
        return _Reported(Bounce.AUTO_REPLY, Ending.ACCEPTED)
    return None


def _returned(letter: Message) -> Iterator[str]:
    """Where a letter was sent to, and what it returns: headers of ours in a part of their own, or within its text."""
    yield from _values(letter, _SENT_TO)
    for part in _parts(letter):
        if part is not letter:
            yield from _values(part, _OURS)
    yield from _texts(letter)


def _values(part: Message, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        for value in part.get_all(name, []):
            yield str(value)[:2_000]


def _texts(letter: Message) -> Iterator[str]:
    """The words of its parts, but for HTML."""
    for part in _parts(letter):
        if not part.is_multipart() and part.get_content_maintype() == "text" and part.get_content_subtype() != "html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                yield payload.decode("latin-1")


def _parts(letter: Message) -> Iterator[Message]:
    for _, part in zip(range(MOST_PARTS), letter.walk(), strict=False):
        yield part
