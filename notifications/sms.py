"""Texts by Twilio. What may have been taken is never sent again blindly: its receipt settles it, or we ask."""

from __future__ import annotations

import logging
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from notifications import twilio_words
from notifications.channels import Absent, Accepted, Answer, Later, Outgoing, Refused, Unsure
from notifications.gates import CarrierGate
from tracker.core.outreach.attempts import Ending
from tracker.core.vocabulary.seals import LinkKind, seal

AT_TWILIO = "https://api.twilio.com"
TIMES = httpx.Timeout(connect=5.0, read=15.0, write=10.0, pool=15.0)
ACCOUNT_REST_SECONDS = 300.0
SENDER_REST = timedelta(hours=1)
LISTED = 50
"""How many of the newest texts to a number are looked through when we ask."""

SKEW = timedelta(minutes=2)
"""Twilio's clock and ours may differ by so much; it also tells times to the second only."""

_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x09\x0b-\x1f\x7f]")


class Sms:
    """Hands texts to one Twilio account."""

    name = "twilio"
    repeatable = False

    def __init__(self, account: str, token: str, base_url: str, public_url: str, secret: bytes) -> None:
        self._gate = CarrierGate()
        self._http = _Http(base_url.rstrip("/"))
        self._client = Client(account, token, http_client=self._http)
        self._public_url = public_url.rstrip("/")
        self._secret = secret

    def rest(self) -> timedelta | None:
        """How long the account is left alone; all its senders in this process wait together."""
        return self._gate.rest()

    async def send(self, outgoing: Outgoing) -> Answer:
        """Hand one text over."""
        if re.fullmatch(r"\+[1-9][0-9]{5,14}", outgoing.address) is None:
            return Refused(Ending.BAD_ADDRESS)
        if not outgoing.sender:
            return Later(SENDER_REST, Ending.SENDER_REFUSED)
        token = seal(self._secret, LinkKind.ATTEMPT, outgoing.scope.organisation_id, outgoing.attempt_id)
        service = re.fullmatch(r"MG[0-9a-fA-F]{32}", outgoing.sender) is not None
        given = {"messaging_service_sid" if service else "from_": outgoing.sender}
        try:
            made = await self._client.messages.create_async(
                to=outgoing.address,
                body=plain(outgoing.content.text),
                status_callback=f"{self._public_url}/twilio/status/{token}",
                **given,
            )
        except _NotSent:
            return Later(self._gate.stumble(), Ending.PROVIDER_DOWN)
        except _TooFast as slower:
            return Later(self._slower(slower.seconds), Ending.THROTTLED)
        except _Lost:
            return Unsure()
        except TwilioRestException as refused:
            return self._refused(refused.code or 0)
        except TwilioException as odd:
            return self._refused(int(getattr(odd, "code", 0) or 0))
        self._gate.passed()
        return Accepted(str(made.sid))

    async def ask(self, outgoing: Outgoing) -> Answer:
        """Look for the text among the newest to its number: ours is the one with its words that was made since the
        attempt began, and that no other message of ours is known by."""
        try:
            listed = await self._client.messages.list_async(to=outgoing.address, limit=LISTED)
        except (_NotSent, _Lost, _TooFast, TwilioException):
            return Later(self._gate.stumble(), Ending.PROVIDER_DOWN)
        words, begun = plain(outgoing.content.text), outgoing.now - SKEW
        for each in listed:
            made: datetime | None = each.date_created
            if made is not None and (made if made.tzinfo else made.replace(tzinfo=UTC)) < begun:
                continue
            if str(each.sid) in outgoing.known or not plain(str(each.body or "")).endswith(words):
                continue
            said = twilio_words.status(str(each.status))
            if said == "failed":
                return Refused(twilio_words.ending(each.error_code))
            return Accepted(str(each.sid), delivered=said == "delivered")
        return Absent()

    async def close(self) -> None:
        """Hang up."""
        await self._http.close()

    def _slower(self, seconds: float | None) -> timedelta:
        return self._gate.stumble() if seconds is None else self._gate.close(seconds)

    def _refused(self, code: int) -> Answer:
        """What a refusal with this code means."""
        if code in twilio_words.OUR_ACCOUNT:
            return Later(self._gate.close(ACCOUNT_REST_SECONDS), Ending.NO_CREDIT)
        if code in twilio_words.OUR_SENDER:
            return Later(SENDER_REST, Ending.SENDER_REFUSED)
        if code in twilio_words.TOO_FAST:
            return Later(self._gate.stumble(), Ending.THROTTLED)
        return Refused(twilio_words.ending(code))


def plain(text: str) -> str:
    """The words as a telephone shows them: composed (NFC), without what cannot be seen or turns the direction."""
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text))


class _NotSent(Exception):
    """It certainly did not go: nobody answered the call, or the server says that it cannot work now."""


class _Lost(Exception):
    """It went out, and no answer came back."""


class _TooFast(Exception):
    """We are to be slower; `seconds` as the answer says, or None."""

    def __init__(self, seconds: float | None) -> None:
        super().__init__("too fast")
        self.seconds = seconds


class _Http(HttpClient):  # type: ignore[misc]  # the library has no types
    """What Twilio's library speaks through: async, to the configured address, with an answer to how it went wrong."""

    def __init__(self, base_url: str) -> None:
        quiet = logging.getLogger(f"{__name__}.http")  # the library would log numbers and words
        quiet.disabled = True
        super().__init__(quiet, True, None)
        self._base_url = base_url
        self._open: httpx.AsyncClient | None = None

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - as the library calls it
        allow_redirects: bool = False,
    ) -> Response:
        """One request, by the library's signature."""
        if self._open is None:
            self._open = httpx.AsyncClient(timeout=TIMES, limits=httpx.Limits(keepalive_expiry=5.0))
        url = self._base_url + uri.removeprefix(AT_TWILIO) if uri.startswith(AT_TWILIO) else uri
        sent: dict[str, Any] = {"params": params, "data": data, "headers": headers, "auth": auth}
        try:
            answer = await self._open.request(method, url, **{name: value for name, value in sent.items() if value})
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as fault:
            raise _NotSent from fault
        except httpx.HTTPError as fault:
            raise _Lost from fault
        if answer.status_code == 429:
            raise _TooFast(_seconds(answer.headers.get("Retry-After")))
        if answer.status_code in (502, 504):  # who stood between us and the server does not know what became of it
            raise _Lost
        if answer.status_code >= 500:
            raise _NotSent
        return Response(answer.status_code, answer.text, answer.headers)

    async def close(self) -> None:
        """Hang up."""
        if self._open is not None:
            await self._open.aclose()
            self._open = None


def _seconds(said: str | None) -> float | None:
    """What Retry-After says in seconds; a date, or nothing, leaves it to us."""
    return min(float(said), 3600.0) if said is not None and re.fullmatch(r"[0-9]{1,9}", said.strip()) else None
