"""The whole application over HTTP, in this process: a client, an office behind it, and short ways to use both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from tests.office import SECRET, SERVICE, START, Desk, open_desk
from tracker.main import create_app, put_together
from tracker.settings import Settings
from tracker.store.ground.engine import Store

OPERATOR = "an operator's token for tests"
HOME = "203.0.113.7"
"""Where the client seems to call from."""


@dataclass
class Site:
    """The application and one office that reports to it."""

    app: FastAPI
    http: httpx.AsyncClient
    desk: Desk
    made: int = 0

    def event(self, **changes: Any) -> dict[str, Any]:
        """A good event that opens case P-1, but for what is changed; a change to None takes the field away."""
        self.made += 1
        data = {"service": SERVICE, "status": "REC"}
        whole = {
            "id": f"h{self.made}",
            "source": "backoffice",
            "type": "case.status",
            "subject": "P-1",
            "time": START.isoformat(),
            "data": data,
            **changes,
        }
        return {name: value for name, value in whole.items() if value is not None}

    async def post(self, event: Any, **headers: str) -> httpx.Response:
        """POST one event with the office's key."""
        given = {"Authorization": f"Bearer {self.desk.key}", "Content-Type": "application/json", **headers}
        if isinstance(event, bytes):
            return await self.http.post("/api/v1/events", content=event, headers=given)
        return await self.http.post("/api/v1/events", json=event, headers=given)

    async def status(self, number: str, status: str, **rest: Any) -> httpx.Response:
        """Report a status; `at` is its time."""
        at = rest.pop("at", START)
        top = {name: rest.pop(name) for name in ("id", "sequence", "register") if name in rest}
        time = at.isoformat() if isinstance(at, datetime) else at
        data = {"service": SERVICE, "status": status, **rest}
        return await self.post(self.event(subject=number, time=time, data=data, **top))

    async def party(self, number: str, **rest: Any) -> httpx.Response:
        """Report an applicant who is reached by e-mail, and whose known fact is a postcode."""
        at = rest.pop("at", START)
        data = {
            "party": "1",
            "role": "applicant",
            "name": "Alex Morgan",
            "known_fact": "AB1 2CD",
            "channels": [{"channel": "email", "address": "alex@example.org"}],
            **rest,
        }
        return await self.post(self.event(subject=number, type="case.party", time=at.isoformat(), data=data))

    async def case(self, number: str = "P-1", **party: Any) -> str:
        """A new case with an applicant: its reference as it is printed."""
        answer = await self.status(number, "REC")
        assert answer.status_code == 202, answer.text
        assert (await self.party(number, **party)).status_code == 202
        return str(answer.json()["reference"])

    async def page(self, reference: str, known_fact: str, **kept: Any) -> httpx.Response:
        """What the form answers."""
        typed = {"reference": reference, "known_fact": known_fact}
        return await self.http.post("/track", data=typed, headers={"Accept": "text/html"}, **kept)

    async def track(self, reference: str, known_fact: str, **more: Any) -> httpx.Response:
        """What the API answers."""
        return await self.http.post("/api/v1/track", json={"reference": reference, "known_fact": known_fact, **more})

    async def outbox(self, **filters: str) -> str:
        """The outbox as the operator sees it, when everything due was carried."""
        await self.desk.carry()
        given = {"Authorization": f"Bearer {OPERATOR}"}
        answer = await self.http.get("/outbox", params=filters, headers=given)
        assert answer.status_code == 200, answer.text
        return answer.text


def settings(folder: Path, **changes: Any) -> Settings:
    """Settings for a test; nothing is asked of the environment that matters here."""
    given = {"secret": SECRET.decode(), "operator_token": OPERATOR, "data_dir": folder, **changes}
    return Settings(**given)


@asynccontextmanager
async def calling(app: FastAPI, address: str = HOME) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose calls seem to come from `address`."""
    # An exception that leaves the application is the application's fault: let it fail the test.
    transport = httpx.ASGITransport(app, client=(address, 40_000), raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield http


@asynccontextmanager
async def open_site(store: Store, folder: Path, *, outbox_open: bool = False, **office: Any) -> AsyncIterator[Site]:
    """The application over a store, with an office in it."""
    desk = await open_desk(store, **office)
    app = create_app(put_together(settings(folder), store), outbox_open=outbox_open)
    async with calling(app) as http:
        yield Site(app, http, desk)
