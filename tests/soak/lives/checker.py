"""Holds what people read against what was known, and one window against another.

It reads words alone, and keeps a ledger of its own of what had been delivered and of what everybody had been told. It
imports nothing of the product: a test of the house says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.soak.lives.happened import Event, Life
from tests.soak.lives.known import GRACE, PATIENCE, SERVICES, Came, Known, Service, fold, held_until, local
from tests.soak.lives.message_check import Told, check_message, read_message
from tests.soak.lives.page_check import check_page
from tests.soak.lives.seen import Seen, Windows
from tests.soak.lives.windows import of_json, read_html

MOST_EXAMPLES = 6
DAY = timedelta(days=1)
OWNED = ("date_changed", "new_date", "date_first", "broken_theirs", "taken_back", "doubts", "expected", "ended")
"""What says of a date that it does not hold, or which one does."""


@dataclass
class Figures:
    """What came of one feed."""

    messages: int = 0
    looks: int = 0
    wrong: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    examples: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    overtaken: Counter[str] = field(default_factory=Counter)
    put_right: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    words_kept: int = 0
    words_in_silence: int = 0
    tasks: int = 0

    def add(self, sort: str, kind: str, what: str) -> None:
        """Count something wrong; the first few of a kind are told."""
        self.wrong[sort][kind] += 1
        if len(self.examples[sort, kind]) < MOST_EXAMPLES:
            self.examples[sort, kind].append(what)

    def total(self, sort: str) -> int:
        """How many of a sort."""
        return sum(self.wrong[sort].values())


class Checker:
    """Follows a walk: what is delivered, what is said, and each evening."""

    def __init__(self, lives: Sequence[Life], rhythm: str) -> None:
        self.lives = {life.number: life for life in lives}
        self.patience, self.grace = PATIENCE[rhythm], GRACE[rhythm]
        self.came: dict[str, list[Came]] = defaultdict(list)
        self.told: dict[tuple[str, str], Told] = {}
        self.references: dict[str, str] = {}
        self.heard_at: datetime | None = None
        self.silences: list[tuple[datetime, datetime]] = []
        self.figures = Figures()
        self.overtaken: dict[str, set[str]] = {}
        self.to_look: dict[str, datetime] = {}
        self._passed: set[tuple[str, date]] = set()
        self._kept: dict[str, tuple[int, datetime, datetime, Known]] = {}

    def delivered(self, at: datetime, events: Sequence[Event], references: dict[str, str]) -> None:
        """These events have come."""
        if self.heard_at is not None and at - self.heard_at > self.patience:
            self.silences.append((self.heard_at + self.patience, at))
        self.heard_at = at
        for event in events:
            self.came[event.number].append((event, at))
            if event.number in self.overtaken:
                self.to_look.setdefault(event.number, at)
        self.references |= references

    def silent(self, now: datetime) -> bool:
        """Whether nothing has come for so long that nothing is sure."""
        return self.heard_at is not None and now - self.heard_at > self.patience

    def opens(self, number: str) -> bool:
        """Whether the page of a case can be opened: it is known, and so is what opens it."""
        return any(event.data.get("known_fact") for event, _ in self.came[number])

    def known(self, number: str, now: datetime) -> Known:
        """What is known of a case, and where the chain of requests comes to that goes on in its place."""
        return self._to_the_end(self._own(number, now), lambda other: self._own(other, now))

    @staticmethod
    def _to_the_end(known: Known, of: Callable[[str], Known]) -> Known:
        survivor, passed = known.survivor, set[str]()
        while survivor and survivor not in passed and (further := of(survivor).survivor):
            passed.add(survivor)
            survivor = further
        return replace(known, survivor=survivor)

    def _own(self, number: str, now: datetime) -> Known:
        """What is known of a case by itself. Made anew when something came, or what was held back may be shown."""
        came = self.came[number]
        kept = self._kept.get(number)
        if kept is None or kept[0] != len(came) or not kept[1] <= now < kept[2]:
            until = min(
                (at for event, _ in came for at in held_until(event) if at > now),
                default=datetime.max.replace(tzinfo=UTC),
            )
            kept = len(came), now, until, fold(came, SERVICES[self.lives[number].service], now)
            self._kept[number] = kept
        return kept[3]

    def truth(self, number: str, now: datetime) -> Known:
        """How it really stands, whether it was reported or not."""
        return self._to_the_end(self._truth(number, now), lambda other: self._truth(other, now))

    def _truth(self, number: str, now: datetime) -> Known:
        true = [(event, event.at) for event in self.lives[number].events if event.at <= now]
        return fold(true, SERVICES[self.lives[number].service], now)

    def seen(self, seen: Seen) -> None:
        """A message leaves."""
        life = self.lives[seen.number]
        service, known = SERVICES[life.service], self.known(seen.number, seen.now)
        self.figures.messages += 1
        told = self.told.setdefault((seen.number, seen.address), Told(seen.channel))
        reading = read_message(seen, service)
        for words in reading.unread:
            self.figures.unread[f"{seen.channel}: {words[:160]}"] += 1
        place = f"{seen.number} {seen.now:%Y-%m-%d %H:%M} {seen.channel}"
        survivor = self.known(known.survivor, seen.now) if known.survivor else None
        wrong = check_message(reading, known, service, told, seen, self.references, survivor)
        for kind, what in wrong:
            self.figures.add("false", kind, f"{place}: {what} | {seen.subject or seen.text}")
        if not wrong:
            truth = self.truth(seen.number, seen.now)
            true = self.truth(truth.survivor, seen.now) if truth.survivor else None
            kinds = {kind for kind, _ in check_message(reading, truth, service, told, seen, self.references, true)}
            for kind in kinds:
                self.figures.overtaken[kind] += 1
            if kinds:
                self.overtaken.setdefault(seen.number, set()).update(kinds)
        self.look(seen.number, seen.now, seen.windows, seen)
        quiet = bool(service.definition.get("sensitive"))
        told.hear(reading, seen.now, local(seen.now), known, quiet=quiet)

    def look(self, number: str, now: datetime, windows: Windows, seen: Seen | None = None) -> bool:
        """Hold the windows against what is known, against one another, and against a message; whether all is well."""
        service, known = SERVICES[self.lives[number].service], self.known(number, now)
        self.figures.looks += 1
        page = read_html(windows.page, service, known, now)
        desk = read_html(windows.desk, service, known, now, desk=True)
        place = f"{number} {now:%Y-%m-%d %H:%M}"
        well = True

        def add(sort: str, kind: str, what: str) -> None:
            nonlocal well
            well = False
            self.figures.add(sort, kind, f"{place}: {what}")

        for window, words in (("page", page.answer.unread), ("desk", desk.answer.unread)):
            for said in words:
                self.figures.unread[f"{window}: {said[:160]}"] += 1
        told = [each for (whose, _), each in self.told.items() if whose == number]
        if self.lives[number].looks:
            dates = [each for each in page.when.all("date", "office_says") if isinstance(each, date)]
            for each in told:
                each.shown += [(now, on) for on in dates]
        over = bool(known.survivor) and known.closed and self.known(known.survivor, now).over(service)
        if over is not ("That one has ended." in page.words):
            add("false", "page survivor", f"{known.survivor} has {'' if over else 'not '}ended")
        for kind, what in check_page(page, known, service, now, self.silent(now), self.references, told, windows.told):
            add("false", kind, what)
        self._alike(page.answer.core(), desk.answer.core(), "desk", add)
        as_json = of_json(windows.told, service, local(now)).core()
        if page.answer.silent:
            as_json["ball"] = page.answer.ball
        self._alike(page.answer.core(), as_json, "json", add)
        if windows.told["reference"] != self.references[number] or self.references[number] not in windows.desk:
            add("contradiction", "reference", f"{windows.told['reference']} is not {self.references[number]}")
        if page.answer.next_word and windows.told["next_word_by"] != page.answer.next_word.isoformat():
            add(
                "contradiction",
                "json next word",
                f"{page.answer.next_word} on the page, {windows.told['next_word_by']}",
            )
        lately = any(end + DAY + DAY > now for _, end in self.silences)
        if seen is None and not known.closed and not lately and not self.silent(now):
            self._let_pass(number, page.answer.date, now)
        if seen is not None:
            reading = read_message(seen, service)
            for kind, what in _beside(reading, page, service):
                add("contradiction", kind, f"{what} | {seen.subject or seen.text}")
        return well

    def _let_pass(self, number: str, shown: date | None, now: datetime) -> None:
        """Whoever was told a date hears no later than soon after its day that it is another now, as the page says. One
        that was told before an end that holds went with that end, though the request was opened anew; while we wait for
        somebody who was told that it depends on them, and on the day on which we hear that we do not, none is due."""
        known = self.known(number, now)
        just_came = any(came > now - DAY for _, came in self.came[number])
        for (whose, address), told in self.told.items():
            if whose != number or not told.dates or shown is None:
                continue
            at, on = told.dates[-1]
            if known.reopened is not None and known.reopened > at:
                continue
            if (known.ball == "you" or just_came) and told.last("depends", since=at + DAY):
                continue
            over = on + timedelta(days=4) + self.grace < local(now)
            if over and on != shown and (address, on) not in self._passed and not told.last(*OWNED, since=at + DAY):
                self._passed.add((address, on))
                self.figures.add(
                    "withheld", "date", f"{number} {address} {now:%m-%d}: told {on}, the page says {shown}"
                )

    @staticmethod
    def _alike(page: dict[str, Any], other: dict[str, Any], window: str, add: Any) -> None:
        for name, value in page.items():
            if value != other[name]:
                add("contradiction", f"{window} {name}", f"page {value!r}, {window} {other[name]!r}")


def _beside(reading: Any, page: Any, service: Service) -> list[tuple[str, str]]:
    """Where a message and the page differ."""
    found, answer = [], page.answer
    for code in reading.all("headline"):
        if code != answer.headline:
            found.append(("message headline", f"message {code}, page {answer.headline}"))
    items = items_of(reading)
    if items and items != answer.items:
        found.append(("message needs", f"message {items}, page {answer.items}"))
    if reading.says("nothing") and answer.items:
        found.append(("message nothing", f"page {answer.items}"))
    words = [each for each in reading.all("next_word") if isinstance(each, date)]
    if any(each != answer.next_word for each in words) and not answer.silent:
        found.append(("message next word", f"message {words}, page {answer.next_word}"))
    dates = [each for each in reading.all("expects", "office_date", "new_date", "date_first") if isinstance(each, date)]
    beside = [answer.date, *(each for each in page.when.all("office_says") if isinstance(each, date))]
    if any(each not in beside for each in dates) and not answer.silent:
        found.append(("message date", f"message {dates}, page {beside}"))
    appeals = reading.all("appeal_by")
    if appeals and appeals != [answer.appeal_by]:
        found.append(("message appeal", f"message {appeals}, page {answer.appeal_by}"))
    return found


def items_of(reading: Any) -> set[tuple[str, date | None]]:
    """What a message lists."""
    found: set[tuple[str, date | None]] = {(each, None) for each in reading.all("item_open")}
    for on, rest in (each for each in reading.all("item", "item_late") if isinstance(each, tuple)):
        found.add((rest["item"], on))
    return found
