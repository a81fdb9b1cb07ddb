"""How much do people hear, what does it cost, and how often is it the same again? A log through the whole application.

    python -m tests.soak.messages_per_case LOG [--cases 1000] [--keep MESSAGES.gz] [--beside MESSAGES.gz]

Every event is sent over HTTP at the instant at which it happened, and everything that falls due on the way is done when
it falls due. Somebody with a telephone waits for every case; one in four has an e-mail address as well, which goes
first. Services are what a log's steps give, with all else as it is where nothing is said. The source counts as heard
throughout: what is cut out of a log is silent where its office was not.

Counted is what left, which a sandbox catches: by purpose and channel, with its segments, at the prices of the settings.
`--keep` writes down what was caught; `--beside` prints the figures of such a keepsake, of another commit, beside ours.
It uses nothing but the API, so that it runs on either. When messages are alike says `tests/soak/alike.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from integrations.case_logs import CaseLog, Row, definitions, events, read
from tests.http import calling, settings
from tests.soak.alike import ReadMessage, longest_run, most_repeated, runs_by_length
from tests.soak.kept_dates import cut
from tracker.core.vocabulary.segments import segments
from tracker.core.vocabulary.words import Mode
from tracker.flows.organisations import offices
from tracker.flows.services import versions
from tracker.main import create_app, put_together
from tracker.settings import Settings
from tracker.store.embedded.server import start
from tracker.store.ground.engine import Store, open_store
from tracker.store.schema import migrate

SOURCE, ZONE = "case-log", "Europe/Amsterdam"
ALWAYS_HEARD = timedelta(days=3650)
KEEPS_ALL = "\n[retention]\ndays_after_close = 10000\n"
"""Else the words are erased before they are read."""

SHOWN = 8
"""So many messages of a run are printed."""

ONE_IN = 4
"""So many people have an e-mail address as well."""

AREAS = [area for area in range(201, 990) if area % 100 != 11 and area // 10 % 10 != 9]
"""Numbers 555-0100 to 555-0199 of every area of North America are kept free for stories; 3,000 people need thirty."""

CAUGHT = """
    SELECT c.number || '/' || c.epoch AS of_case, m.party, m.purpose, m.channel, k.caught_at AT TIME ZONE 'UTC' AS at,
        a.content->>'text' AS words, m.facts
    FROM caught k
    JOIN attempt a ON a.organisation_id = k.organisation_id AND a.mode = k.mode AND a.id = k.id
    JOIN message m ON m.organisation_id = k.organisation_id AND m.mode = k.mode AND m.id = k.message_id
    JOIN "case" c ON c.organisation_id = m.organisation_id AND c.mode = m.mode AND c.id = m.case_id
    ORDER BY k.caught_at, k.id
"""


@dataclass(frozen=True, slots=True)
class PaidMessage:
    """A message that left, what it takes of what is paid for, and its price."""

    of_case: str
    channel: str
    units: int
    price: Decimal
    message: ReadMessage


@dataclass(frozen=True, slots=True)
class Replayed:
    """What left in a replay of so many cases."""

    cases: int
    left: tuple[PaidMessage, ...]

    def each_case(self, purpose: str | None = None, price: bool = False) -> list[Decimal]:
        """Messages of every case, or their price, in order of size: of one purpose or of all."""
        found = defaultdict[str, Decimal](Decimal)
        for each in self.left:
            if purpose in (None, each.message.purpose):
                found[each.of_case] += each.price if price else 1
        return sorted([*found.values(), *[Decimal(0)] * (self.cases - len(found))])


async def replay(store: Store, folder: Path, log: CaseLog) -> None:
    """Send every row at its instant."""
    begin = log.rows[0].local().replace(tzinfo=UTC) - timedelta(days=1)
    office = await offices.add_organisation(
        store, slug="replayed", name="Replayed", zone=ZONE, clock_offset=begin - datetime.now(UTC)
    )
    source = offices.NewSource(SOURCE, zone=ZONE, live_from=begin, patience=ALWAYS_HEARD)
    await offices.add_source(store, office, source)
    for definition in definitions(log).values():
        await versions.apply(store, office, definition + KEEPS_ALL)
    key = await offices.add_key(store, office, SOURCE, Mode.LIVE)
    place = {case: at for at, case in enumerate(dict.fromkeys(row.case_id for row in log.rows))}
    began, shown = time.monotonic(), None
    async with calling(create_app(put_together(settings(folder), store))) as http:
        http.headers["Authorization"] = f"Bearer {key}"
        for at, row in enumerate(log.rows):
            if row.local() != shown:
                shown = row.local()
                await _move(http, shown)
            for event in _events(log, row, place[row.case_id]):
                (await http.post("/api/v1/events", json=event)).raise_for_status()
            if at % 250 == 0:
                print(f"{at} of {len(log.rows)} rows, {shown}, {time.monotonic() - began:.0f} s", file=sys.stderr)
        await _move(http, log.rows[-1].local() + timedelta(days=14))


def _events(log: CaseLog, row: Row, place: int) -> list[dict[str, Any]]:
    """The events of a row; whoever waits has a telephone."""
    found = events(log, row, source=SOURCE, zone=None)
    for each in found:
        if each["type"] == "case.party":
            area, line = AREAS[place // 100], place % 100
            phone = {"channel": "sms", "address": f"+1{area}555{100 + line:04}"}
            mail = each["data"]["channels"] if place % ONE_IN == 0 else []
            each["data"]["channels"] = [*mail, phone]
    return found


async def _move(http: httpx.AsyncClient, to: datetime) -> None:
    (await http.post("/api/v1/clock", json={"to": to.isoformat()})).raise_for_status()


async def caught(store: Store) -> list[dict[str, Any]]:
    """What left, in order of time."""
    async with store.reading() as connection:
        rows = (await connection.execute(text(CAUGHT))).mappings().all()
    return [{**row, "at": row["at"].isoformat()} for row in rows]


def paid(rows: list[dict[str, Any]], cases: int, given: Settings) -> Replayed:
    """What left, with what it costs by the settings."""
    left = []
    for row in rows:
        message = ReadMessage(
            f"{row['of_case']}/{row['party']}",
            datetime.fromisoformat(row["at"]),
            row["purpose"],
            row["words"],
            row["facts"],
        )
        texted = row["channel"] == "sms"
        units = segments(message.words).count if texted else 1
        price = units * (given.sms_price if texted else given.email_price)
        left.append(PaidMessage(row["of_case"], row["channel"], units, price, message))
    return Replayed(cases, tuple(left))


def table(replayed: Replayed) -> dict[str, list[str]]:
    """The figures by line: of each purpose, of each channel, and of all."""
    lines = dict[str, list[str]]()
    counted = Counter(each.message.purpose for each in replayed.left)
    for purpose, number in sorted(counted.items()):
        each = replayed.each_case(purpose)
        lines[purpose] = [f"{number:,}", f"{number / replayed.cases:.2f}", f"at most {each[-1]}"]
    for channel in sorted({each.channel for each in replayed.left}):
        those = [each for each in replayed.left if each.channel == channel]
        lines[channel] = [f"{len(those):,}", f"{sum(each.units for each in those):,} units"]
    lines["all"] = [f"{len(replayed.left):,}", *_spread(replayed.each_case(), "{:.2f}")]
    lines["price"] = [f"{sum((each.price for each in replayed.left), Decimal(0)):,.2f}"]
    lines["price"] += _spread(replayed.each_case(price=True), "{:.3f}")
    messages = [each.message for each in replayed.left]
    lengths = sorted(runs_by_length(messages).items())
    people = (f"{number:,} people {length}" for length, number in lengths)
    lines["longest run alike"] = [str(len(longest_run(messages))), *people]
    lines["alike, not in a row"] = [str(len(most_repeated(messages)))]
    return lines


def _spread(each: list[Decimal], form: str) -> list[str]:
    """Mean, median, 95th percentile (the nearest rank) and most."""
    median, high = (each[-(-len(each) * share // 100) - 1] for share in (50, 95))
    given = {"mean": sum(each, Decimal(0)) / len(each), "median": median, "95 %": high, "most": each[-1]}
    return [f"{name} {form.format(value)}" for name, value in given.items()]


def show(name: str, ours: Replayed, beside: Replayed | None) -> None:
    """Print the figures, and the longest run with its words."""
    lines, others = table(ours), table(beside) if beside else {}
    print(f"| {name}, {ours.cases:,} cases | {'before | after |' if beside else 'found |'}")
    print("| --- | " + ("--- | --- |" if beside else "--- |"))
    for line in [*dict.fromkeys([*lines, *others])]:
        cells = [others.get(line, ["none"]), lines.get(line, ["none"])] if beside else [lines[line]]
        print(f"| {line} | " + " | ".join(", ".join(cell) for cell in cells) + " |")
    for which, replayed in (("before", beside), ("after", ours)) if beside else (("", ours),):
        messages = [each.message for each in replayed.left] if replayed else []
        for what, run in (("longest run", longest_run(messages)), ("most alike", most_repeated(messages))):
            print(f"\n{which} {what}: {len(run)} to {run[0].person if run else 'nobody'}")
            for each in run[:SHOWN]:
                print(f"  {each.at:%Y-%m-%d} {each.purpose}: {' '.join(each.words.split())[:400]}")


async def left_of(file: Path, cases: int | None, ground: Path | None) -> tuple[int, list[dict[str, Any]]]:
    """How many cases were replayed, and what left."""
    with tempfile.TemporaryDirectory(prefix="tracker-messages-", dir=ground) as folder:
        server = start(Path(folder) / "data", unsafe_without_fsync=True)
        store = open_store(server.url())
        try:
            await migrate(store)
            log = read(cut(file, date.max, Path(folder) / f"{file.name.partition('.')[0]}.csv", cases))
            await replay(store, Path(folder), log)
            return log.cases(), await caught(store)
        finally:
            await store.close()
            server.close()


def main() -> int:
    """The command; 1 where a run is longer than three."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.messages_per_case", description=__doc__)
    parser.add_argument("file", type=Path, help="a case log, or what --keep wrote")
    parser.add_argument("--cases", type=int, help="only the cases that were received first, so many")
    parser.add_argument("--keep", type=Path, help="where to write what left")
    parser.add_argument("--beside", type=Path, help="what --keep wrote elsewhere, to be shown as before")
    parser.add_argument("--ground", type=Path, help="where the database lies: /dev/shm is fast")
    given = parser.parse_args()
    if given.file.name.endswith(".json.gz"):
        cases, rows = _load(given.file)
    else:
        cases, rows = asyncio.run(left_of(given.file, given.cases, given.ground))
    if given.keep:
        with gzip.open(given.keep, "wt", encoding="utf-8") as file:
            json.dump({"cases": cases, "left": rows}, file)
    prices = settings(Path())
    ours = paid(rows, cases, prices)
    beside = paid(*reversed(_load(given.beside)), prices) if given.beside else None
    show(given.file.name.partition(".")[0], ours, beside)
    return int(len(longest_run(each.message for each in ours.left)) > 3)


def _load(path: Path) -> tuple[int, list[dict[str, Any]]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        saved = json.load(file)
    return saved["cases"], saved["left"]


if __name__ == "__main__":
    sys.exit(main())
