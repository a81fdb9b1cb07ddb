"""How the tests of pages and answers read them."""

from __future__ import annotations

import html
import re
import secrets
from datetime import date, timedelta
from typing import Any

import httpx

from tests.http import Site
from tests.office import START
from tracker.core.vocabulary import references

FACT = "AB1 2CD"
LATER = START + timedelta(minutes=5)


def words(page: str) -> str:
    """What a person reads on a page."""
    body = page[page.index("<main") :]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def invented() -> str:
    """A reference that adds up and leads nowhere."""
    return references.spell(references.reference(secrets.randbelow(references.CAPACITY)))


def long(day: str) -> str:
    """A day as the page writes it."""
    on = date.fromisoformat(day)
    return f"{on.day} {on:%B %Y}"


async def forget_failures(site: Site) -> None:
    """Begin a new window of the limits."""
    async with site.desk.store.transaction() as connection:
        await connection.exec_driver_sql("DELETE FROM failure")


def problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """The problem document of an answer, which must be whole."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["type"] == f"/problems/{slug}"
    assert told["status"] == status
    assert all(len(told[field]) > 5 for field in ("title", "detail", "remedy"))
    return told


async def untouched(site: Site) -> bool:
    """Whether nothing was stored."""
    return not await site.desk.rows("SELECT 1 FROM entry")
