"""What is due to people: looked at every evening, by what was known and what each of them had been told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from tests.soak.lives.checker import Checker
from tests.soak.lives.happened import ZONE
from tests.soak.lives.known import SERVICES, Known, Service, local
from tests.soak.lives.message_check import Told

DAY = timedelta(days=1)
SOON = timedelta(hours=26)
"""What is urgent is told within this, quiet hours and all."""


def evening(checker: Checker, now: datetime) -> list[str]:
    """Look at what is due by now. What is urgent and has not been told, for somebody to look for a task at the desk."""
    owed = list[str]()
    for number in checker.lives:
        if not checker.came[number]:
            continue
        known = checker.known(number, now)
        if known.opened_at is None:
            continue
        service = SERVICES[checker.lives[number].service]
        for address in addresses(checker, number):
            told = checker.told.get((number, address))
            if told is not None and not _gone(checker, number):
                _words(checker, number, told, now)
                _waits(checker, number, told, service, known, now)
        if not _quiet_lately(checker, now):
            missing = sorted(set(_untold(checker, number, service, known, now)))
            if missing:
                owed += [f"{number}: {each}" for each in missing]
    return owed


def addresses(checker: Checker, number: str) -> list[str]:
    """Where anybody of this case is written to."""
    return [address for whose, address in checker.told if whose == number]


def _gone(checker: Checker, number: str) -> bool:
    """Whether an address of this case takes nothing: what may be missed is not tried by another channel then, says the
    documentation, so that only what is urgent is due."""
    channels = (each for event, _ in checker.came[number] for each in event.data.get("channels", ()))
    return any(each["address"].startswith("gone-") for each in channels)


def _quiet_lately(checker: Checker, now: datetime) -> bool:
    """The source is silent, or was until just now."""
    if checker.silent(now):
        return True
    return any(end + SOON > now for _, end in checker.silences)


def _silent_on(checker: Checker, day: date) -> bool:
    """Whether the source was silent in the hours of a day in which words are sent."""
    at = datetime.combine(day, time(10), ZONE).astimezone(UTC)
    return (
        checker.silent(at)
        if not checker.silences
        else (any(begin <= at <= end for begin, end in checker.silences) or checker.silent(at))
    )


def _words(checker: Checker, number: str, told: Told, now: datetime) -> None:
    """A next word whose day is over: it came, or the page had news, or the source was silent."""
    today = local(now)
    for word in [each for each in told.words if each.on <= today]:
        told.words.remove(word)
        until = datetime.combine(word.on, time(23, 59), ZONE).astimezone(UTC)
        came = any(word.at < at <= until for at in told.at)
        news = any(word.at < at <= until for _, at in checker.came[number])
        if came or news:
            checker.figures.words_kept += 1
        elif _silent_on(checker, word.on):
            checker.figures.words_in_silence += 1
        else:
            checker.figures.add(
                "word missed",
                "word",
                f"{number} told {word.at:%m-%d %H:%M} by {word.on}, heard {told.at[-1]:%m-%d %H:%M}",
            )


def _waits(checker: Checker, number: str, told: Told, service: Service, known: Known, now: datetime) -> None:
    """Nobody whose source is heard waits longer than the longest pause, or the first working day after it."""
    if known.closed or checker.silent(now) or not told.at:
        return
    since = max([told.at[-1], *(end for _, end in checker.silences)])
    latest = max(local(since) + timedelta(days=service.longest), service.next_working(local(since) + DAY))
    if local(now) > latest:
        checker.figures.add("waited", "longest pause", f"{number} {now:%m-%d}: nothing since {since:%m-%d}")


def _untold(checker: Checker, number: str, service: Service, known: Known, now: datetime) -> Iterator[str]:
    """What is urgent, was known since yesterday, and was told to somebody of this case too little."""
    people = [checker.told[number, address] for address in addresses(checker, number)]
    old = now - SOON
    before = checker.known(number, old)
    if not people or before.opened_at is None:
        return
    today = local(now)
    for told in people:
        if told.at[0] > old:
            continue
        same_end = known.closed and before.closed and before.stage == known.stage
        if same_end and (known.end_known or now) < old and (told.end is None or told.end[1] != known.stage):
            yield f"end {known.stage}"
        if not known.closed and not before.closed and told.end is not None:
            yield f"reversal of {told.end[1]}"
        if service.definition.get("sensitive") or known.closed or before.closed:
            continue
        yield from _untold_open(told, service, known, before, today, old, checker.grace)


def _untold_open(
    told: Told, service: Service, known: Known, before: Known, today: date, old: datetime, grace: timedelta
) -> Iterator[str]:
    for name, need in known.wanted.items():
        same = before.wanted.get(name)
        if same is None or same.known_at != need.known_at:
            continue
        if not told.last("asks", "waits", since=need.known_at):
            yield f"need {name}"
        late = need.due_on and service.next_working(need.due_on + DAY) < today and local(need.known_at) < need.due_on
        if late and not told.last("overdue", since=datetime.combine(need.due_on, time(), ZONE)):  # type: ignore[arg-type]
            yield f"deadline {name} {need.due_on}"
    on = known.office_on
    if on is not None and on == before.office_on and known.office_known and known.office_known < old:
        dates = [each for _, each in told.dates]
        since = [each for at, each in told.dates if at >= known.office_known]
        worse = bool(dates) and (dates[-1] in known.office_dates or dates[-1] < on)
        if on >= today and worse and on not in since and dates[-1] != on:
            yield f"office date {on}, told was {dates[-1]}"
        again = known.reopened is not None and local(known.reopened) > on
        if (
            not again
            and service.next_working(on + DAY) + grace < today
            and on in dates
            and not told.last("broken_theirs", since=datetime.combine(on, time(), ZONE))
        ):
            yield f"office date {on} broken"
    limit, was = known.limit(service), before.limit(service)
    if (
        limit
        and was
        and limit == was
        and not limit[1]
        and service.next_working(limit[0] + DAY) < today - DAY
        and not told.last("limit_passed")
    ):
        yield f"limit {limit[0]}"
