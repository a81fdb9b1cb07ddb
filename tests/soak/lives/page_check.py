"""The page of a case against what was known, and against what its people had been told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from tests.soak.lives.known import Known, Service, headline, local
from tests.soak.lives.message_check import Told, Wrong
from tests.soak.lives.windows import PageRead


def check_page(
    page: PageRead,
    known: Known,
    service: Service,
    now: datetime,
    silent: bool,
    references: dict[str, str],
    told: Sequence[Told],
    as_json: dict[str, Any],
) -> list[Wrong]:
    """What a page says that was not so, by what was known."""
    answer, today, wrong = page.answer, local(now), list[Wrong]()
    stage = service.stages[known.stage]
    expected = "checks" if known.unmapped else known.shows(service)
    if answer.headline != expected:
        wrong.append(("page headline", f"says {answer.headline}, is {expected}"))
    for kind in ("meaning", "if_late"):
        for code in page.now.all(kind):
            if code != known.stage:
                wrong.append((f"page {kind}", f"says {code}, is {known.stage}"))
    ball = None if known.closed else "us" if known.unmapped and known.ball == "us" else known.ball
    if answer.ball != ball and not (known.unmapped and not known.closed):
        wrong.append(("page ball", f"says {answer.ball}, is {ball}"))
    outcome = stage.get("outcome") if known.closed else None
    if answer.outcome != outcome:
        wrong.append(("page outcome", f"says {answer.outcome}, is {outcome}"))
    if answer.survivor != (references.get(known.survivor) if known.closed and known.survivor else None):
        wrong.append(("page survivor", f"says {answer.survivor}, is {known.survivor}"))
    wrong += _asked(page, known, today)
    heard = {on for each in told for _, on in [*each.dates, *each.shown]}
    wrong += _dates(page, known, service, today, silent, heard)
    if known.closed:
        wrong += _judged(page, known, told, as_json)
    elif answer.appeal_by is not None:
        wrong.append(("page appeal", "the case is open"))
    if known.closed and answer.appeal_by != known.appeal_by(service):
        wrong.append(("page appeal", f"says {answer.appeal_by}, is {known.appeal_by(service)}"))
    if silent is not answer.silent and not known.closed:
        wrong.append(("page silence", f"says {answer.silent}, is {silent}"))
    wrong += _past(page, known, service, told)
    return wrong


def _asked(page: PageRead, known: Known, today: date) -> list[Wrong]:
    answer, wrong = page.answer, list[Wrong]()
    wanted = set() if known.closed else {(need.text, need.due_on) for need in known.wanted.values()}
    if answer.items != wanted:
        wrong.append(("page needs", f"lists {answer.items}, wanted {wanted}"))
    for text, on in answer.items:
        if on is not None and (text in answer.late) is not (on < today):
            wrong.append(("page deadline", f"{text} {on}"))
    if answer.nothing and (known.ball == "you" or wanted) and not known.closed:
        wrong.append(("page nothing", f"{known.ball} has the ball, wanted {wanted}"))
    return wrong


def _dates(page: PageRead, known: Known, service: Service, today: date, silent: bool, heard: set[date]) -> list[Wrong]:
    answer, wrong = page.answer, list[Wrong]()
    office = None if known.closed else known.office_on
    if answer.theirs and not known.closed and answer.date != office:
        wrong.append(("page office date", f"says {answer.date}, is {office}"))
    shown = {each for each in (*page.when.all("date", "office_says", "broken_theirs"),) if isinstance(each, date)}
    again = known.reopened is not None and office is not None and local(known.reopened) > office  # over by then
    stands = office is not None and office >= today and not known.office_replaced
    due = office is not None and not silent and not again and (stands or office in heard)
    if due and office not in {*shown, *page.old}:
        wrong.append(("page office date", f"{office} is not on it, {shown} are"))
    if not known.closed and isinstance(answer.date, date) and answer.date < today:
        wrong.append(("page date passed", f"{answer.date}"))
    if isinstance(answer.next_word, date) and not service.works_on(answer.next_word):
        wrong.append(("page next word", f"{answer.next_word} is no working day"))
    limit = known.limit(service)
    later = limit is not None and not limit[1] and answer.date is not None and answer.date > limit[0] >= today
    if page.when.says("past_limit") is not later:
        wrong.append(("page limit", f"date {answer.date}, limit {limit}"))
    if answer.law != (limit[0] if limit else None):
        wrong.append(("page limit", f"says {answer.law}, is {limit}"))
    return wrong


def _judged(page: PageRead, known: Known, told: Sequence[Told], as_json: dict[str, Any]) -> list[Wrong]:
    """In time is what ended by the first date that anybody was told, and only if that date stood."""
    answer, wrong = page.answer, list[Wrong]()
    first = min((pair for each in told for pair in each.dates), default=None)
    if page.when.says("counts_no_more") and answer.outcome not in ("withdrawn", "merged"):
        wrong.append(("first date", f"no date counts, but it is {answer.outcome}"))
    ended, waited = local(known.since) if known.since else None, page.when.says("first_waited")
    if answer.date is None and first is not None and first[1] >= local(first[0]):
        wrong.append(("first date", f"{first[1]} was told, the page says that no date was"))
    if answer.in_time:
        if answer.date is None or ended is None or ended > answer.date:
            wrong.append(("in time", f"ended {ended}, first date {answer.date}"))
        if answer.moved or (first is not None and ended is not None and first[1] < ended and not waited):
            wrong.append(("in time", f"first told was {first}, ended {ended}, moved {answer.moved}"))
    past = page.when.says("waited_past")
    if past and (not known.turns or answer.date is None or ended is None or ended <= answer.date):
        wrong.append(("in time", f"days of waiting after {answer.date}, ended {ended}, turns {known.turns}"))
    return wrong


def _past(page: PageRead, known: Known, service: Service, told: Sequence[Told]) -> list[Wrong]:
    wrong = list[Wrong]()
    if page.answer.told_before is not None:
        on, words = page.answer.told_before
        ends = {(each[0], headline(service, each[1])) for one in told for each in one.ends}
        if (on, words) not in ends or (known.closed and words == headline(service, known.stage)):
            wrong.append(("page reversal", f"says {on} {words}, told were {ends}"))
    if "INTERNAL" in page.words:
        wrong.append(("internal note", "what is for colleagues alone"))
    if page.history and page.history != known.history[::-1]:
        wrong.append(("page history", f"{page.history} is not {known.history[::-1]}"))
    if page.history and page.fallen != _fallen(known, service)[::-1]:
        wrong.append(("page history", f"{page.fallen} do not hold, of {known.history[::-1]}"))
    if any(note not in known.notes for note in page.notes):
        wrong.append(("page note", f"{page.notes} of {known.notes}"))
    return wrong


def _fallen(known: Known, service: Service) -> list[str]:
    """The ends that were opened again since, oldest first, but for those in which it stands again."""
    opened = [at for at, code in enumerate(known.history) if not service.stages[code].get("closes")]
    last = opened[-1] if opened else -1
    ends = [code for code in known.history[: last + 1] if service.stages[code].get("closes")]
    return [code for code in ends if code != known.history[-1]]


DAY = timedelta(days=1)
