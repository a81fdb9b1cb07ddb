"""A message against what was known when it left, and against what its reader had been told before."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.soak.lives.known import Known, Service, headline, local
from tests.soak.lives.reading import DAY, REFERENCE, Reading, read, sections
from tests.soak.lives.seen import Seen
from tests.soak.lives.sentences import MESSAGE

Wrong = tuple[str, str]

ENDS = {
    "ended": ("done", "refused"),
    "decided": ("refused",),
    "ended_withdrawn": ("withdrawn",),
    "ended_merged": ("merged",),
}
OUTCOMES = {
    "The office has done what it needed to do": "done",
    "The answer was no": "refused",
    "It was withdrawn": "withdrawn",
}
OPEN = (
    *(
        "asks",
        "reminds",
        "overdue",
        "arrived",
        "not_lost",
        "waits",
        "next_word",
        "expects",
        "office_date",
        "date_first",
    ),
    *("date_changed", "moved_theirs", "broken_theirs", "doubts", "taken_back", "limit_passed", "nothing", "begun"),
    *("depends", "asked_office", "end_in_doubt"),
)
"""What only a message about an open case says."""
NAMES_DATE = ("expects", "office_date", "new_date", "date_first", "date_changed", "office_says")


@dataclass(frozen=True)
class Word:
    """A day by which somebody was told that they would hear."""

    at: datetime
    on: date


@dataclass
class Told:
    """What one person has been told. `end`: the end that they were told of last, with its day, until it was taken
    back."""

    channel: str
    at: list[datetime] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    dates: list[tuple[datetime, date]] = field(default_factory=list)
    end: tuple[date, str] | None = None
    reversed_at: datetime | None = None
    said: list[tuple[datetime, frozenset[str]]] = field(default_factory=list)
    ends: list[tuple[date, str]] = field(default_factory=list)
    shown: list[tuple[datetime, date]] = field(default_factory=list)

    def hear(self, reading: Reading, now: datetime, today: date, known: Known, *, quiet: bool) -> None:
        """A message is heard. `quiet`: it says of nothing what it is."""
        self.at.append(now)
        self.said.append((now, frozenset(kind for kind, _ in reading.claims)))
        self.words += [Word(now, on) for on in reading.all("next_word") if isinstance(on, date)]
        self.dates += [(now, on) for on in reading.all(*NAMES_DATE) if isinstance(on, date)]
        joined = reading.says("survivor_ended") and self.end is None
        if reading.says(*ENDS) or joined or (quiet and reading.says("news") and known.closed):
            self.end, self.reversed_at = (today, known.stage), None
            self.ends.append(self.end)
        elif reading.says("record_changed") and self.end is not None:
            self.end, self.reversed_at = None, now

    def last(self, *kinds: str, since: datetime | None = None) -> bool:
        """Whether a message since then said one of these."""
        return any(not said.isdisjoint(kinds) for at, said in self.said if since is None or at >= since)


def read_message(seen: Seen, service: Service) -> Reading:
    """The claims of the subject and the text; those of sensitive ones are but that there is news."""
    year = local(seen.now).year
    text = seen.text
    if seen.channel == "sms":
        name = re.escape(service.definition["name"]["en"])
        text = re.sub(rf"^[\w ]+? Council(?: \({name}\))?: ", "", text)
    reading = Reading()
    if seen.subject:
        news = re.fullmatch(rf"[\w ]+? Council: (.*) \(({REFERENCE})\)", seen.subject)
        said = read(news[1] if news else seen.subject, service.words, MESSAGE, year)
        reading.claims += said.claims
        reading.unread += said.unread
    for line in text.split("\n"):
        said = read(line.strip(), service.words, MESSAGE, year)
        reading.claims += said.claims
        reading.unread += said.unread
    return reading


def references_in(seen: Seen) -> set[str]:
    """Every reference in the words of a message."""
    return set(re.findall(REFERENCE, f"{seen.subject}\n{seen.text}\n{_visible(seen.html)}"))


def _visible(html: str) -> str:
    return "\n".join(line for some in sections(html).values() for line in some) if html else ""


def check_message(
    reading: Reading,
    known: Known,
    service: Service,
    told: Told,
    seen: Seen,
    references: dict[str, str],
    survivor: Known | None = None,
) -> list[Wrong]:
    """What a message says that was not so, by what was known. `survivor`: what was known of the request that goes on
    in place of this one."""
    today, wrong = local(seen.now), list[Wrong]()
    wrong += [
        ("weekday", value)
        for _, value in reading.claims
        if isinstance(value, str) and " is a " in value and "day" in value
    ]
    own = references[seen.number]
    strange = references_in(seen) - {own, references.get(known.survivor, "")}
    if strange or (own not in references_in(seen) and not reading.says("question")):
        wrong.append(("reference", f"{strange} beside {own}"))
    if "INTERNAL" in seen.subject + seen.text + seen.html:
        wrong.append(("internal note", "what is for colleagues alone"))
    if seen.html and set(re.findall(DAY, seen.text)) != set(re.findall(DAY, _visible(seen.html))):
        wrong.append(("html", f"{set(re.findall(DAY, seen.text)) ^ set(re.findall(DAY, _visible(seen.html)))}"))
    wrong += _state(reading, known, service)
    wrong += _asked(reading, known, today)
    wrong += _dates(reading, known, service, told, today, seen.now)
    wrong += _ends(reading, known, service, told, today, references)
    return wrong + _joined(reading, service, survivor)


def _joined(reading: Reading, service: Service, survivor: Known | None) -> list[Wrong]:
    """What is said of the request that this one was joined to."""
    over = survivor is not None and survivor.over(service)
    outcome = service.stages[survivor.stage].get("outcome") if survivor is not None and over else None
    wrong = list[Wrong]()
    if reading.says("survivor_ended") and not over:
        wrong.append(("survivor", "it has not ended"))
    if reading.says("survivor_goes_on", "ended_merged") and over:
        wrong.append(("survivor", "it has ended"))
    for words in reading.all("survivor_outcome"):
        if OUTCOMES[words] != outcome:
            wrong.append(("survivor", f"says {words}, is {outcome}"))
    return wrong


def _state(reading: Reading, known: Known, service: Service) -> list[Wrong]:
    wrong = list[Wrong]()
    for kind in ("headline", "meaning", "next", "you_can", "if_late"):
        for code in reading.all(kind):
            same = [
                each
                for each, stage in service.stages.items()
                if kind in stage and stage[kind] == service.stages[code][kind]
            ]
            if known.stage not in same:
                wrong.append((kind, f"says {code}, is {known.stage}"))
            elif kind == "headline" and (known.shows(service) != known.stage or known.unmapped):
                wrong.append(
                    (kind, f"says {code}, but {'a code is being checked' if known.unmapped else 'it arrived'}")
                )
    if reading.says("released_headline") and (not known.shows_release(service) or known.unmapped):
        wrong.append(("released", "it was not taken back"))
    if reading.says("arrived_headline") and (not known.shows_arrival(service) or known.unmapped):
        wrong.append(("arrived", "nothing has arrived"))
    if reading.says("arrived") and (known.wanted or not any(need.supplied_at for need in known.needs.values())):
        wrong.append(("arrived", f"wanted {sorted(known.wanted)}, supplied none or not all"))
    if reading.says("end_in_doubt") and not known.end_in_doubt:
        wrong.append(("end in doubt", "no such end was reported"))
    if reading.says("checks") and not known.unmapped:
        wrong.append(("checking", f"is {known.stage}"))
    for kind in OPEN:
        if reading.says(kind) and known.closed:
            wrong.append(("after the end", f"says {kind}, closed as {known.stage}"))
    notes = reading.all("note")
    if any(note.rstrip(".") != known.note.rstrip(".") for note in notes):
        wrong.append(("note", f"{notes}, newest is {known.note!r}"))
    return wrong


def _pairs(reading: Reading, *kinds: str) -> list[tuple[date, dict[str, str]]]:
    """What is claimed of a day; where its weekday is not that of the day, that has been found already."""
    return [each for each in reading.all(*kinds) if isinstance(each, tuple)]


def _asked(reading: Reading, known: Known, today: date) -> list[Wrong]:
    wrong = list[Wrong]()
    wanted = {(need.text, need.due_on) for need in known.wanted.values()}
    if reading.says("asks", "reminds", "overdue", "waits") and known.ball != "you" and not wanted:
        wrong.append(("asks", "nothing is wanted"))
    if reading.says("depends") and known.ball != "you" and not wanted:
        wrong.append(("depends", "nothing is wanted"))
    if reading.says("depends_other") and (known.ball != "other" or wanted):
        wrong.append(("depends", f"{known.ball} has the ball"))
    listed: set[Any] = {(each, None) for each in reading.all("item_open")}
    listed |= {(rest["item"], on) for on, rest in _pairs(reading, "item", "item_late")}
    if (listed or reading.says("nothing")) and listed != wanted and not known.closed:
        wrong.append(("needs", f"lists {listed}, wanted {wanted}"))
    if reading.says("nothing") and (known.ball == "you" or known.unmapped):
        wrong.append(("nothing to do", f"{known.ball} has the ball"))
    for kind, past in (("item", False), ("item_late", True)):
        for on, rest in _pairs(reading, kind):
            if (on < today) is not past:
                wrong.append(("deadline", f"{rest['item']} {on} is {'past' if on < today else 'to come'}"))
    for on in reading.all("due"):
        if isinstance(on, date) and (on not in {need.due_on for need in known.wanted.values()} or on < today):
            wrong.append(("deadline", f"{on} of {wanted}"))
    if reading.says("overdue") and not any(need.due_on and need.due_on < today for need in known.wanted.values()):
        wrong.append(("deadline", "no day has passed"))
    return wrong


def _dates(reading: Reading, known: Known, service: Service, told: Told, today: date, now: datetime) -> list[Wrong]:
    wrong = list[Wrong]()
    for on in reading.all("office_date", "office_says"):
        if on != known.office_on:
            wrong.append(("office date", f"says {on}, is {known.office_on}"))
    for on in reading.all("broken_theirs"):
        if isinstance(on, date) and (on != known.office_on or on >= today):
            wrong.append(("office date broken", f"says {on}, is {known.office_on}"))
    if reading.says("broken_theirs") and not (known.office_on and known.office_on < today):
        wrong.append(("office date broken", f"office date is {known.office_on}"))
    for on in reading.all("expects", "new_date", "date_first", "still_expects"):
        if isinstance(on, date) and on < today:
            wrong.append(("date passed", f"{on} has passed"))
    for on in reading.all("expects"):
        if isinstance(on, date) and not service.works_on(on):
            wrong.append(("date off", f"{on} is no working day"))
    before = {on for at, on in [*told.dates, *told.shown] if at < now}
    for on in reading.all("old_date"):
        if on not in before:
            wrong.append(("old date", f"{on} was never told, told were {sorted(before)}"))
        if reading.says("moved_theirs") and on not in known.office_dates:
            wrong.append(("whose date", f"{on} was not the office's"))
    for on in reading.all("next_word"):
        if isinstance(on, date) and (on < today or not service.works_on(on)):
            wrong.append(("next word", f"{on} is past or no working day"))
    for on in reading.all("stood"):
        if known.confirmed is None or on != local(known.confirmed):
            wrong.append(("last report", f"says {on}, was {known.confirmed}"))
    limit = known.limit(service)
    if reading.says("limit_passed"):
        days = [on for on in reading.all("limit_passed") if isinstance(on, date)]
        if limit is None or limit[1] or limit[0] >= today or any(on != limit[0] for on in days):
            wrong.append(("limit of the law", f"says {days}, is {limit}"))
    return wrong


def _ends(
    reading: Reading, known: Known, service: Service, told: Told, today: date, references: dict[str, str]
) -> list[Wrong]:
    wrong = list[Wrong]()
    outcome = service.stages[known.stage].get("outcome") if known.closed else None
    for kind, outcomes in ENDS.items():
        if reading.says(kind) and outcome not in outcomes:
            wrong.append(("outcome", f"says {kind}, is {outcome}"))
    if reading.says("question") and not known.closed:
        wrong.append(("question", "it has not ended"))
    for survivor in reading.all("survivor_goes_on", "survivor_ended", "ended_merged"):
        if isinstance(survivor, str) and survivor != references.get(known.survivor):
            wrong.append(("survivor", f"{survivor} is not {known.survivor}"))
    for on in reading.all("appeal_by"):
        if on != known.appeal_by(service):
            wrong.append(("appeal", f"says {on}, is {known.appeal_by(service)}"))
    for on, rest in _pairs(reading, "told_before"):
        was = {(day, headline(service, stage)) for day, stage in told.ends}
        if (on, rest["words"]) not in was or (known.closed and rest["words"] == headline(service, known.stage)):
            wrong.append(("reversal", f"says {on} {rest['words']}, told were {was}, is {known.stage}"))
    if reading.says("record_changed") and told.end is None:
        wrong.append(("reversal", "no end had been told"))
    return wrong
