"""The windows on a case, read as the same few answers: the page, what the desk reads out, and the public JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.soak.lives.known import Known, Service, local
from tests.soak.lives.page_sentences import PAGE
from tests.soak.lives.reading import Reading, lines, read, sections

Item = tuple[str, date | None]

NOW = ("What is happening now", "How it ended", "What we heard last", "Read this out")
DO = ("What you need to do",)
WHEN = ("When it will be finished", "The date we gave you")
WRONG = ("If you think this is wrong",)
CHANGED = ("Dates that changed",)
HISTORY, SENT = "What has happened", "What we have from you"
BALLS = {"waits": "you", "waits_other": "other", "ours_now": "us", "checks": "us"}
OUTCOMES = {"ended_done": "done", "ended_refused": "refused", "ended_withdrawn": "withdrawn", "ended_merged": "merged"}


@dataclass
class Answer:
    """What one window says."""

    headline: str | None = None
    ball: str | None = None
    outcome: str | None = None
    items: set[Item] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    nothing: bool = False
    date: date | None = None
    theirs: bool = False
    next_word: date | None = None
    appeal_by: date | None = None
    law: date | None = None
    survivor: str | None = None
    told_before: tuple[date, str] | None = None
    in_time: bool = False
    days_after: int | None = None
    moved: bool = False
    silent: bool = False
    unread: list[str] = field(default_factory=list)

    def core(self) -> dict[str, Any]:
        """What every window must say alike."""
        return {
            name: getattr(self, name)
            for name in (
                "headline",
                "ball",
                "outcome",
                "items",
                "date",
                "appeal_by",
                "survivor",
                "told_before",
                "in_time",
            )
        }


@dataclass
class PageRead:
    """A page, by its parts."""

    answer: Answer
    now: Reading
    when: Reading
    history: list[str]
    fallen: list[str]
    notes: list[str]
    old: list[date]
    words: str


def read_html(html: str, service: Service, known: Known, now: datetime, desk: bool = False) -> PageRead:
    """Read a page, or what the desk reads out."""
    year = local(now).year
    found = _read_out(sections(html.partition('id="messages-title"')[0])) if desk else sections(html)

    def of(*headings: str) -> Reading:
        reading = Reading()
        for line in lines(found, *headings):
            some = read(line, service.words, PAGE, year)
            reading.claims += some.claims
            reading.unread += some.unread
        return reading

    told, when, wrong, changed = of("", *NOW), of(*WHEN), of(*WRONG), of(*CHANGED)
    answer = Answer()
    _now(answer, told)
    _do(answer, list(lines(found, *DO)), service, known, year)
    _when(answer, when)
    answer.appeal_by = answer.appeal_by or wrong.one("appeal_by", "appeal_over")
    answer.unread += [*told.unread, *when.unread, *wrong.unread, *changed.unread]
    answer.unread = [each for each in answer.unread if not _of_the_frame(each)]
    history, fallen, notes = _history(list(lines(found, HISTORY)), service)
    old = [each for each in changed.all("old_date") if isinstance(each, date)]
    return PageRead(
        answer, told, when, history, fallen, notes, old, "\n".join(line for some in found.values() for line in some)
    )


def _read_out(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Of the desk's page only what is said of the case: the read-out, which stands under the page's own headings."""
    return {name: found.get(name, []) for name in (*NOW, *DO, *WHEN, *WRONG, "What happens next")}


def _of_the_frame(line: str) -> bool:
    """What stands above the answers, or leads away from them."""
    return line.startswith(("Your reference:", "See the page")) or line.endswith("Council")


def _now(answer: Answer, told: Reading) -> None:
    stages = told.all("headline")
    answer.headline = stages[0] if stages else "arrived" if told.says("arrived_headline") else None
    if told.says("released_headline"):
        answer.headline = "released"
    if told.says("checks"):
        answer.headline = "checks"
    for kind, ball in BALLS.items():
        if told.says(kind):
            answer.ball = answer.ball or ball
    for kind, outcome in OUTCOMES.items():
        if told.says(kind):
            answer.outcome = outcome
            survivor = told.one("ended_merged")
            answer.survivor = survivor if isinstance(survivor, str) else None
    before = told.one("told_before")
    if isinstance(before, tuple):
        answer.told_before = before[0], before[1]["words"]
    answer.silent = told.says("silent")


def _do(answer: Answer, said: list[str], service: Service, known: Known, year: int) -> None:
    """The list of what is asked, each thing with its day."""
    current: str | None = None
    for line in said:
        reading = read(line, service.words, PAGE, year)
        if reading.unread and reading.unread == [line]:
            current = line
            answer.items.add((line, None))
        elif reading.says("by", "last_day") and current is not None:
            on = reading.one("by", "last_day")
            answer.items.discard((current, None))
            answer.items.add((current, on if isinstance(on, date) else date.min))
            if reading.says("last_day"):
                answer.late.add(current)
        else:
            answer.unread += reading.unread
        answer.nothing = answer.nothing or reading.says("nothing")
        answer.appeal_by = answer.appeal_by or reading.one("appeal_by", "appeal_over")


def _when(answer: Answer, when: Reading) -> None:
    first = when.one("first_given")  # of what was withdrawn or joined no date counts any more
    answer.date = when.one("date") or (first if when.says("counts_no_more") else None)
    answer.theirs = when.says("theirs")
    answer.next_word = when.one("next_word")
    law = when.one("law")
    answer.law = law if isinstance(law, date) else None
    answer.in_time = when.says("in_time")
    after = when.one("too_late")
    answer.days_after = int(after[1]["count"]) if isinstance(after, tuple) else None
    answer.moved = when.says("first_moved") and not when.says("first_waited")


def _history(said: list[str], service: Service) -> tuple[list[str], list[str], list[str]]:
    """The stages of the history, newest first, those of them that are said to hold no longer, and the notes."""
    stages, fallen, notes = list[str](), list[str](), list[str]()
    headlines = {stage["headline"]["en"]: code for code, stage in service.stages.items()}
    for line in said:
        if line in headlines:
            stages.append(headlines[line])
        elif line in ("That does not hold any more.", "This may not be true any more."):
            fallen.append(stages[-1])
        elif not line.startswith(("At ", "On ")) and line not in ("A note from the office", "Nothing to show yet."):
            notes.append(line)
    return stages, fallen, notes


def of_json(told: dict[str, Any], service: Service, today: date) -> Answer:
    """The JSON as the same answers."""
    answer = Answer()
    stage, open_ = told["stage"], told["state"] == "open"
    codes = {each["headline"]["en"]: code for code, each in service.stages.items()}
    answer.headline = codes.get(stage["headline"])
    if stage["headline"] == "We have what we asked you for":
        answer.headline = "arrived"
    if stage["headline"] == "We do not need anything more from you now":
        answer.headline = "released"
    if stage["headline"] == "There is news that we are checking":
        answer.headline = "checks"
    answer.ball = told["waiting_on"] if open_ else None
    answer.outcome = told["outcome"]
    if open_:
        answer.items = {
            (need["text"], date.fromisoformat(need["due_on"]) if need["due_on"] else None)
            for need in told["needs"]
            if need["supplied_at"] is None
        }
    promise = told["promise"] if open_ else told["first_date"]
    answer.date = date.fromisoformat(promise["latest_on"]) if promise else None
    if open_ and promise and (answer.date < today or promise["outcome"] == "missed" or told["source_silent"]):  # type: ignore[operator]
        answer.date = None  # the page owns up to it instead
    answer.appeal_by = date.fromisoformat(told["appeal_by"]) if told["appeal_by"] else None
    answer.survivor = told["survivor"]
    if told["reversed"]:
        answer.told_before = date.fromisoformat(told["reversed"]["on"]), told["reversed"]["headline"].rstrip(".") + "."
    answer.in_time = bool(not open_ and promise and promise["in_time"])
    answer.next_word = date.fromisoformat(told["next_word_by"]) if told["next_word_by"] else None
    return answer
