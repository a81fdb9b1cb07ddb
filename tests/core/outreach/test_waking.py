"""Nothing that comes with time alone is slept through: a case wakes before there is anything new to say of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.core.case.test_timeline import PERMIT, ZONE, status
from tests.core.outreach.test_who_hears_what import ASKED, said
from tests.core.outreach.test_who_hears_what import LIVE as EARLIER
from tests.laws.case_sets import Draft, case_sets, events
from tests.office import START
from tracker.core.case.events import StatusEvent
from tracker.core.case.fold import fold
from tracker.core.case.ordering import Placed
from tracker.core.outreach import timing
from tracker.core.outreach.topics import Setting, Spoken, topics
from tracker.core.outreach.who_hears_what import warranted

LIVE = replace(EARLIER, now=START)
HOURS = [START + timedelta(hours=12 * half) for half in range(2 * 40)]


def to_say(placed: list[Placed], setting: Setting, spoken: tuple[Spoken, ...]) -> set[tuple[str, str]]:
    """What there is to say of the case that these events make, as the clock of the setting shows."""
    case = fold(placed, PERMIT, ZONE, setting.now)
    return {(each.purpose.value, each.cause) for each in topics(case, PERMIT, setting, spoken, ())}


@settings(max_examples=400, deadline=None)
@given(case_sets(), st.sampled_from([(), ("VAL",), ("REC", "VAL", "GRANTED")]), st.booleans())
def test_a_case_wakes_before_there_is_anything_new_to_say(
    drafts: tuple[Draft, ...], statuses: tuple[str, ...], asked: bool
) -> None:
    """`statuses` and `asked`: what happened last, so that there are enough cases of which something is to come."""
    told = events(drafts, "P-1")
    last = (*map(status, statuses), *([ASKED] if asked else ()))
    told += [
        StatusEvent(f"last/{place}", "backoffice", "case.status", "P-1", START - timedelta(minutes=9 - place), body)
        for place, body in enumerate(last)
    ]
    placed = [Placed(UUID(int=place + 1), each) for place, each in enumerate(told)]
    case = fold(placed, PERMIT, ZONE, START)
    spoken = tuple(said(each) for each in warranted(case, PERMIT, LIVE, ()) if not each.reason)
    known = to_say(placed, LIVE, spoken)
    later = (now for now in HOURS if not to_say(placed, replace(LIVE, now=now), spoken) <= known)
    gained_at = next(later, None)
    if gained_at is None:
        return
    event("something comes with time")
    wakes_at = timing.wake_at(case, PERMIT, LIVE, None)
    assert wakes_at is not None and wakes_at <= gained_at
