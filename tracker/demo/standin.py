"""A stand-in for Twilio: the part of its API that we use, in memory, for tests and for the demo. Nothing leaves it.

It takes texts, signs and posts status callbacks as Twilio does, lists what it took, sends texts to us, and misbehaves
when it is told to, by the number that a text goes to or for the next request.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from twilio.request_validator import RequestValidator

REFUSED = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
"""Numbers to which no text goes, and the code that says why: Twilio's own magic numbers, where it has one."""

UNDELIVERED = "+15005550030"
"""Taken, and never delivered."""

_WORDS = {21211: "not a valid number", 21610: "unsubscribed", 20429: "too many requests", 20003: "authenticate"}


@dataclass(slots=True)
class Taken:
    """A text that was taken."""

    sid: str
    to: str
    sender: str
    body: str
    callback: str
    made_at: datetime
    status: str = "queued"
    error_code: int | None = None


@dataclass(slots=True)
class Trouble:
    """How the next request is treated: answered with `status` (and `code`, and `retry_after`) and not taken; or taken
    and then without an answer (`hang`); `lose`: not even taken, without an answer. `early`: its receipts come before
    its answer."""

    status: int = 0
    code: int = 0
    retry_after: str = ""
    hang: bool = False
    lose: bool = False
    early: bool = False


@dataclass
class Standin:
    """Twilio, as far as we know it. `receipts`: the statuses that are reported by themselves of each text that is
    taken, in this order; none: only what `report` is told to."""

    account: str = "AC" + "0" * 32
    token: str = "a stand-in's token"  # noqa: S105 - opens nothing but this stand-in
    receipts: tuple[str, ...] = ("queued", "sent", "delivered")
    texts: list[Taken] = field(default_factory=list)
    troubles: deque[Trouble] = field(default_factory=deque)
    answers: list[int] = field(default_factory=list)
    asked: int = 0
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    def app(self) -> FastAPI:
        """The API, and `/texts`: what would be on people's telephones."""
        app = FastAPI(openapi_url=None)
        place = f"/2010-04-01/Accounts/{self.account}/Messages.json"
        app.post(place)(self._create)
        app.get(place)(self._list)
        app.get("/texts")(self._show)
        return app

    async def report(self, text: Taken, *statuses: str, error_code: int | None = None) -> None:
        """Tell where a text's status goes of it, in this order, signed."""
        for status in statuses:
            text.status, text.error_code = status, error_code
            form = {
                "MessageSid": text.sid,
                "SmsSid": text.sid,
                "AccountSid": self.account,
                "MessageStatus": status,
                "SmsStatus": status,
                "To": text.to,
                "From": text.sender,
                "ApiVersion": "2010-04-01",
            }
            if error_code is not None:
                form["ErrorCode"] = str(error_code)
            await self.post(text.callback, form)

    async def write(
        self, url: str, *, number: str, to: str, words: str, sid: str = "", kind: str = ""
    ) -> httpx.Response:
        """A person's text, to our webhook at `url`; `kind`: what Advanced Opt-Out takes it for."""
        form = {
            "MessageSid": sid or f"SM{secrets.token_hex(16)}",
            "AccountSid": self.account,
            "From": number,
            "To": to,
            "Body": words,
            "NumMedia": "0",
            "ApiVersion": "2010-04-01",
        }
        if kind:
            form["OptOutType"] = kind
        return await self.post(url, form)

    async def post(self, url: str, form: Mapping[str, str]) -> httpx.Response:
        """POST a form, signed as Twilio does."""
        signature = RequestValidator(self.token).compute_signature(url, dict(form))
        async with httpx.AsyncClient(timeout=10.0) as http:
            answer = await http.post(url, data=dict(form), headers={"X-Twilio-Signature": signature})
        self.answers.append(answer.status_code)
        return answer

    async def settled(self) -> None:
        """Wait until every receipt that is under way was posted."""
        while self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _create(self, request: Request) -> Response:
        if not self._knows(request):
            return _error(401, 20003)
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        trouble = self.troubles.popleft() if self.troubles else Trouble()
        if trouble.status:
            headers = {"Retry-After": trouble.retry_after} if trouble.retry_after else {}
            return _error(trouble.status, trouble.code or trouble.status, headers)
        if trouble.lose:
            return await _never()
        if form.get("To") in REFUSED:
            return _error(400, REFUSED[form["To"]])
        sender = form.get("From") or form.get("MessagingServiceSid") or ""
        text = Taken(
            f"SM{secrets.token_hex(16)}",
            form.get("To", ""),
            sender,
            form.get("Body", ""),
            form.get("StatusCallback", ""),
            datetime.now(UTC),
        )
        self.texts.append(text)
        if trouble.hang:
            return await _never()
        if trouble.early:
            await self.report(text, *self.receipts)
        elif text.callback and self.receipts:
            self._later(text)
        return JSONResponse(self._as_json(text), 201)

    def _later(self, text: Taken) -> None:
        async def report_later() -> None:
            if text.to == UNDELIVERED:
                await self.report(text, "sent")
                await self.report(text, "undelivered", error_code=30003)
            else:
                await self.report(text, *self.receipts)

        task = asyncio.create_task(report_later())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _list(self, request: Request) -> Response:
        if not self._knows(request):
            return _error(401, 20003)
        self.asked += 1
        to = request.query_params.get("To")
        found = [self._as_json(each) for each in reversed(self.texts) if to is None or each.to == to]
        page = {
            "first_page_uri": "",
            "next_page_uri": None,
            "page": 0,
            "page_size": 50,
            "uri": "",
            "start": 0,
            "end": len(found),
            "previous_page_uri": None,
        }
        return JSONResponse({**page, "messages": found})

    async def _show(self) -> Response:
        lines = [f"{each.made_at:%H:%M:%S}  {each.to}  {each.status}\n{each.body}\n" for each in reversed(self.texts)]
        return PlainTextResponse("\n".join(lines) or "No text was sent yet.\n")

    def _knows(self, request: Request) -> bool:
        offered = request.headers.get("authorization", "").removeprefix("Basic ")
        given = base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        return secrets.compare_digest(offered, given)

    def _as_json(self, text: Taken) -> dict[str, object]:
        at = format_datetime(text.made_at)
        return {
            "sid": text.sid,
            "account_sid": self.account,
            "to": text.to,
            "from": text.sender,
            "body": text.body,
            "status": text.status,
            "error_code": text.error_code,
            "error_message": None,
            "date_created": at,
            "date_updated": at,
            "date_sent": None,
            "num_segments": "1",
            "num_media": "0",
            "direction": "outbound-api",
            "price": None,
            "price_unit": "USD",
            "api_version": "2010-04-01",
            "uri": "",
            "subresource_uris": {},
            "messaging_service_sid": None,
        }


async def _never() -> Response:
    """No answer: longer than anybody waits."""
    await asyncio.sleep(3600)
    return Response(status_code=500)


def _error(status: int, code: int, headers: Mapping[str, str] | None = None) -> Response:
    told = {"code": code, "message": _WORDS.get(code, "refused"), "status": status, "more_info": ""}
    return JSONResponse(told, status, headers=dict(headers or {}))
