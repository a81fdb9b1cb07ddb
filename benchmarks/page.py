"""The page of a case over HTTP, against a bare handler: the same query by asyncpg, the same template by Jinja.

Every request of a round asks for another case. The bare handler is a Starlette route under the same server settings.
It parses the same form, runs the same SQL text, reads its JSON, and renders the same template with facts that were
made beforehand: it checks no known fact, counts no failures, and assembles nothing.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from benchmarks.http_calls import call, posted, serving
from benchmarks.side_by_side import Side, against, arguments, database_server, measure, migrated, reached, show
from templates.environment import page
from tests.http import settings
from tests.office import START, open_desk
from tracker.core.answers.facts import CaseFacts
from tracker.core.vocabulary import references
from tracker.flows.answers.lookup import case_facts
from tracker.main import create_app, listening, put_together, web_server
from tracker.store.answers import pages
from tracker.store.ground.engine import Store, open_store
from tracker.store.services import definitions
from tracker.web import in_words, logs

KNOWN_FACT = "AB1 2CD"
POOL = 10


async def make_cases(store: Store, number: int) -> list[str]:
    """Cases with an applicant, three statuses, a note and messages that were carried; their references."""
    desk = await open_desk(store)
    made = []
    for each in range(number):
        answer = await desk.status(f"P-{each}", "REC")
        await desk.party(f"P-{each}", known_fact=KNOWN_FACT)
        await desk.status(f"P-{each}", "VAL")
        await desk.status(f"P-{each}", "ASSESS", public_note="The drawings are complete.")
        made.append(str(answer.reference))
    await desk.move(START + timedelta(hours=4))
    await desk.carry()
    async with store.transaction() as connection:
        await connection.exec_driver_sql("ANALYZE")
    return made


async def serve_ours(told: Connection, url: str, folder: str) -> None:
    """The application as `tracker serve` runs it."""
    logs.configure("INFO")
    given = settings(Path(folder), pool_size=POOL)
    app = create_app(put_together(given, open_store(url, pool_size=POOL)))
    listener = listening("127.0.0.1", 0)
    told.send(listener.getsockname()[1])
    await web_server(app, given, host="127.0.0.1", port=0).serve(sockets=[listener])


def positional(text: str, *names: str) -> str:
    """The SQL text with $1, $2 ... in place of its named parameters."""
    for number, name in enumerate(names, 1):
        text = re.sub(rf"(?<!:):{name}\b", f"${number}", text)
    return text


async def serve_bare(told: Connection, url: str, folder: str, facts: Mapping[str, CaseFacts]) -> None:
    """The same page without anything of ours but its template and its SQL."""

    async def reads_json(connection: asyncpg.Connection) -> None:
        await connection.set_type_codec(
            "jsonb", schema="pg_catalog", encoder=lambda value: orjson.dumps(value).decode(), decoder=orjson.loads
        )

    pool = await asyncpg.create_pool(**reached(url), min_size=POOL, max_size=POOL, init=reads_json)
    query = positional(str(pages._PAGE), "lines", "reference")

    async def show_page(request: Request) -> HTMLResponse:
        typed = parse_qs((await request.body()).decode())
        reference = references.read(typed["reference"][0])
        row = await pool.fetchrow(query, pages.MOST_LINES, reference)
        assert row is not None
        return HTMLResponse(page("case.html", "en", facts=facts[row["reference"]]))

    app: Any = Starlette(routes=[Route("/track", show_page, methods=["POST"])])
    listener = listening("127.0.0.1", 0)
    told.send(listener.getsockname()[1])
    await web_server(app, settings(Path(folder)), host="127.0.0.1", port=0).serve(sockets=[listener])


async def facts_of(store: Store, reference: str) -> CaseFacts:
    """The facts of a page, as our handler assembles them."""
    async with store.reading() as connection:
        row = await pages.page(connection, reference)
        assert row is not None
        definition = await definitions.by_id(connection, row.organisation_id, row.definition_id)
        return in_words.case(case_facts(row, definition))


async def run(rounds: int, cases: int) -> None:
    """Measure, and print the table."""
    with database_server() as server, tempfile.TemporaryDirectory() as folder:
        url = await migrated(server, "pages")
        store = open_store(url)
        references_made = await make_cases(store, cases)
        facts = {each: await facts_of(store, each) for each in references_made}
        await store.close()
        requests = [
            posted("/track", urlencode({"reference": each, "known_fact": KNOWN_FACT}).encode(), FORM)
            for each in references_made
        ]
        with serving(serve_ours, url, folder) as ours_at, serving(serve_bare, url, folder, facts) as bare_at:
            ours = Side("the application", lambda: call(ours_at, requests, 200))
            bare = Side("bare asyncpg + Jinja", lambda: call(bare_at, requests, 200))
            await measure([bare, ours], rounds)
    show(f"Pages of a case over HTTP, {cases} cases a round", [against(bare, ours, 0.5)])


FORM = "application/x-www-form-urlencoded"

if __name__ == "__main__":
    asked = arguments("The page of a case against a bare handler.")
    asyncio.run(run(asked.rounds, 4 if asked.tiny else 400))
