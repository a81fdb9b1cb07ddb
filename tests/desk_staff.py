"""Staff at the desk, for tests: an account that is signed in, and its forms sent as a browser sends them."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import httpx
from fastapi import FastAPI

from tests.http import calling
from tests.office import Desk
from tracker.flows.desk import accounts
from tracker.store.desk.accounts import Position

PASSWORD = "correct horse battery staple"


@dataclass
class Agent:
    """One member of staff with a browser of their own. `page`: what was read last."""

    http: httpx.AsyncClient
    login: str
    page: httpx.Response | None = None
    seen: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The page that is open."""
        assert self.page is not None
        return self.page.text

    @property
    def words(self) -> str:
        """What a person reads on it."""
        body = self.text[self.text.index("<main") :]
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())

    async def get(self, path: str) -> httpx.Response:
        """Open a page, and whatever it leads to."""
        self.page = await self.http.get(path, follow_redirects=True)
        return self.page

    async def send(self, action: str, **typed: str) -> httpx.Response:
        """Fill in the form with this action on the page that is open, and send it."""
        forms = re.findall(r'<form method="post" action="([^"]+)".*?</form>', self.text, re.DOTALL)
        assert action in forms, f"no form for {action} in {forms}"
        whole = re.search(rf'<form method="post" action="{re.escape(action)}".*?</form>', self.text, re.DOTALL)
        assert whole is not None
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', whole[0]))
        chosen = dict(re.findall(r'<input type="radio" name="(\w+)" value="([^"]*)" checked', whole[0]))
        fields = {**{name: html.unescape(value) for name, value in hidden.items()}, **chosen, **typed}
        self.page = await self.http.post(action, data=fields, follow_redirects=True)
        return self.page

    async def search(self, typed: str, why: str = "contacted") -> httpx.Response:
        """Look for a case; one hit opens it."""
        await self.get("/desk")
        return await self.send("/desk/search", typed=typed, why=why)

    async def open(self, case: UUID, why: str = "contacted") -> httpx.Response:
        """Open a case."""
        return await self.get(f"/desk/cases/{case}?why={why}")


@asynccontextmanager
async def signed_in(app: FastAPI, desk: Desk, login: str = "ann", *, manager: bool = False) -> AsyncIterator[Agent]:
    """A new account of this office, signed in."""
    position = Position.MANAGER if manager else Position.AGENT
    await accounts.add(
        desk.store, desk.office, login, name=f"{login.title()} Agent", password=PASSWORD, position=position
    )
    async with calling(app) as http:
        agent = Agent(http, login)
        await agent.get("/desk/sign-in")
        answer = await agent.send("/desk/sign-in", login=login, password=PASSWORD)
        assert answer.status_code == 200 and answer.url.path == "/desk", answer.text
        yield agent


async def case_id(desk: Desk, number: str = "P-1") -> UUID:
    """The id of a case by its number."""
    found: UUID = (
        await desk.rows(
            'SELECT id FROM "case" WHERE number = :number AND organisation_id = :office',
            number=number,
            office=desk.office.id,
        )
    )[0][0]
    return found
