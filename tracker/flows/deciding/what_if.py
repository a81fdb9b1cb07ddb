"""What would be said at once if an organisation went live now: the very decision that the flows make, not written."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import UUID

from tracker.core.deciding.decide import decide
from tracker.core.deciding.dossier import CaseKnown, Dossier, Dossiers
from tracker.core.vocabulary.messages import MessageState, Reason
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode
from tracker.flows.deciding.transaction import FRESH, MOST_NUMBERS
from tracker.flows.outreach import normal_form
from tracker.flows.promises import holidays
from tracker.store.case import cases
from tracker.store.deciding import dossier
from tracker.store.deciding.dossier import Wanted
from tracker.store.ground.engine import Store
from tracker.store.ground.organisations import Office


async def said_at_once(store: Store, office: Office) -> Counter[str]:
    """How many messages about cases that are open now would be due on the spot, by purpose. It locks nothing, reads
    every open case, and is asked for by people alone."""
    found = Counter[str]()
    after: UUID | None = None
    while True:
        async with store.reading() as connection:
            batch = await cases.open_numbers(connection, office.id, after, MOST_NUMBERS)
            numbers = sorted({(row.register, row.number) for row in batch})
            wanted = Wanted(Scope(office.id, Mode.LIVE), numbers)
            known = await dossier.read(connection, wanted, holidays.working_days, normal_form.normal)
        if not batch:
            return found
        made = decide(_adopted(known), (), FRESH, known.now, all_cases=True).changes
        found.update(each.purpose.value for each in made.messages if each.state is MessageState.DUE)
        after = batch[-1].id


def _adopted(known: Dossiers) -> Dossiers:
    """The dossiers as going live leaves them: what was open is adopted, and what was said was said to nobody."""
    numbers = {
        number: Dossier(number, tuple(_silent(each, known) for each in found.cases), (), found.fault)
        for number, found in known.numbers.items()
    }
    return replace(known, numbers=numbers)


def _silent(case: CaseKnown, known: Dossiers) -> CaseKnown:
    spoken = {
        key: each
        if each.state is MessageState.WITHHELD
        else replace(each, state=MessageState.WITHHELD, reason=Reason.ADOPTED)
        for key, each in case.spoken.items()
    }
    record = replace(case.record, live_from=known.now, spoken_at=None, next_word_on=None, next_word_at=None)
    return replace(case, record=record, spoken=spoken)
