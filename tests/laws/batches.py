"""Rounds of batches that meet at the same instant: each other, single events, a sweep. Like `rounds`."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date
from typing import Any

from tests.laws.case_sets import House, events, report
from tests.laws.rounds import APPLICANT, FOLLOWER, OPENER, change, send, together
from tracker.core.case.events import StatusEvent
from tracker.core.deciding.reports import Answer, Intake, RefusedEvent
from tracker.core.vocabulary.errors import ContentDiffers
from tracker.flows.deciding import intake
from tracker.flows.deciding.sweep import sweep

NUMBERS, SWEPT = 30, date(2026, 2, 28)
WHOLE = (OPENER, FOLLOWER, APPLICANT)

CASES = """
    SELECT c.number, c.stage, c.version, (
        SELECT string_agg(right(e.event_id, 2), ',' ORDER BY e.event_id) FROM entry e
        WHERE e.organisation_id = c.organisation_id AND e.mode = c.mode AND e.case_id = c.id
    ) AS entries, (
        SELECT string_agg(m.purpose, ',' ORDER BY m.purpose) FROM message m
        WHERE m.organisation_id = c.organisation_id AND m.mode = c.mode AND m.case_id = c.id AND m.state = 'due'
    ) AS due, (
        SELECT count(*) FROM recipient r
        WHERE r.organisation_id = c.organisation_id AND r.mode = c.mode AND r.case_id = c.id
    ) AS recipients
    FROM "case" c WHERE c.number = ANY(:numbers)
"""
STORED = "SELECT count(*) FROM entry WHERE number = ANY(:numbers)"


async def send_all(house: House, told: Sequence[StatusEvent]) -> list[Answer | RefusedEvent]:
    """Take a batch in."""
    return await intake.take_in(house.desk.store, house.desk.sender, [report(each) for each in told])


async def _wrong(house: House, numbers: list[str], *, said: Sequence[str] = ("acknowledged,updated",)) -> str | None:
    """What is wrong with cases of which all was told, or None."""
    [(stored,)] = await house.desk.rows(STORED, numbers=numbers)
    if stored != len(numbers) * len(WHOLE):
        return f"{stored} entries of {len(numbers)} numbers"
    rows = await house.desk.rows(CASES, numbers=numbers)
    if len(rows) != len(numbers):
        return f"{len(rows)} cases of {len(numbers)} numbers"
    for row in rows:
        if (row.stage, row.entries, row.recipients) != ("assessing", "00,01,02", 1) or row.due not in said:
            return f"the case is not what its events say: {tuple(row)}"
    return None


def _outcomes(batches: Iterable[Any]) -> Counter[str]:
    """How often each answer was given, and each fault."""
    found = Counter[str]()
    for batch in batches:
        for each in batch if isinstance(batch, list) else [batch]:
            taken = isinstance(each, Answer) and each.outcome is not Intake.DUPLICATE
            found["taken" if taken else str(getattr(each, "outcome", repr(each)))] += 1
    return found


async def crossed(house: House) -> str | None:
    """Two batches over the same numbers, the one in the opposite order of the other: both of the same events, or of
    different ones."""
    numbers = [house.number() for _ in range(NUMBERS)]
    told = [events(WHOLE, number) for number in numbers]
    first = [event for of_case in told for event in of_case[:2]]
    same = random.random() < 0.5
    second = first[::-1] if same else [event for of_case in told[::-1] for event in (of_case[2], of_case[0])]
    answers = await together(send_all(house, first), send_all(house, second))
    if same:
        answers.append(await send_all(house, [of_case[2] for of_case in told]))
    twice = 2 * NUMBERS if same else NUMBERS
    if (found := _outcomes(answers)) != {"taken": 3 * NUMBERS, "duplicate": twice}:
        return f"answered {dict(found)}"
    return await _wrong(house, numbers)


async def beside_single_events(house: House) -> str | None:
    """Batches, and single events of the same cases, at once."""
    numbers = [house.number() for _ in range(6)]
    told = [events(WHOLE, number) for number in numbers]
    everything = [event for of_case in told for event in of_case]
    random.shuffle(everything)
    singles = random.sample(everything, 6)
    begun = (send_all(house, everything), send_all(house, everything[::-1]), *(send(house, each) for each in singles))
    if (found := _outcomes(await together(*begun))) != {"taken": 18, "duplicate": 24}:
        return f"answered {dict(found)}"
    return await _wrong(house, numbers)


async def beside_a_sweep(house: House) -> str | None:
    """A batch about cases of which a word is due, while sweeps look at them."""
    numbers = [house.number() for _ in range(10)]
    told = [events(WHOLE, number) for number in numbers]
    await send_all(house, [event for of_case in told for event in (of_case[0], of_case[2])])
    await change(
        house.desk.store,
        "UPDATE \"case\" SET next_word_on = '2026-02-27', next_word_at = '2026-02-27T10:00Z' "
        "WHERE number = ANY(:numbers)",
        numbers=numbers,
    )
    batch = [of_case[1] for of_case in told]
    sweeps = (sweep(house.desk.store, house.desk.office.id) for _ in range(2))
    answers = await together(send_all(house, batch[::-1]), *sweeps)
    broken = [each for each in answers if isinstance(each, BaseException)]
    if broken:
        return f"something broke: {broken}"
    if (found := _outcomes(each for each in answers if isinstance(each, list))) != {"taken": 10}:
        return f"answered {dict(found)}"
    behind = await house.desk.rows(
        'SELECT 1 FROM "case" WHERE number = ANY(:numbers) AND next_word_on < :day', numbers=numbers, day=SWEPT
    )
    if behind:
        return f"{len(behind)} cases are due for good"
    return await _wrong(house, numbers, said=("acknowledged,updated", "acknowledged,still_working,updated"))


async def same_id_under_two_numbers(house: House) -> str | None:
    """Two batches use one id for different cases: one of them is told so, and the rest of both is taken."""
    numbers = [house.number() for _ in range(6)]
    told = [events(WHOLE, number) for number in numbers]
    twin = events((OPENER,), house.number())[0]
    first = [event for of_case in told[:3] for event in of_case]
    second = [event for of_case in told[3:] for event in of_case]
    double = StatusEvent(first[0].id, "backoffice", twin.type, twin.number, twin.time, twin.body)
    second.insert(random.randrange(len(second)), double)
    # The twin must lose or take the place of the first; then the first one's case lacks its opening event.
    answers = await together(send_all(house, first), send_all(house, second))
    if any(isinstance(each, BaseException) for each in answers):
        return f"something broke: {answers}"
    refused = [each.error for batch in answers for each in batch if isinstance(each, RefusedEvent)]
    if [type(each) for each in refused] != [ContentDiffers]:
        return f"refused {refused}"
    [(cases,)] = await house.desk.rows(
        'SELECT count(*) FROM "case" WHERE number = ANY(:numbers)', numbers=[*numbers, twin.number]
    )
    [(stored,)] = await house.desk.rows(STORED, numbers=[*numbers, twin.number])
    return None if (cases, stored) == (6, 18) else f"made {cases} cases of {stored} entries"


BATCHES: dict[str, Callable[[House], Awaitable[str | None]]] = {
    "two batches crosswise at once": crossed,
    "batches and single events at once": beside_single_events,
    "a batch beside sweeps": beside_a_sweep,
    "same id in two batches at once": same_id_under_two_numbers,
}
