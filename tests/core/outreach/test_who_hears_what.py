"""Who hears what: tables of cases, and what is on record as said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.case.test_corrections import fix
from tests.core.case.test_timeline import ASSESS, PERMIT, REC, RFI, STOP, VAL, ZONE, case_of, status
from tests.laws.case_sets import case_sets, events
from tests.office import START
from tracker.core.case.adoption import has_spoken_up, is_adopted
from tracker.core.case.events import Address, NeededItem, NeedsReported, NoteReported, PartyReported, ReopenReported
from tracker.core.case.fold import fold
from tracker.core.case.ordering import Placed
from tracker.core.case.timeline import Folded
from tracker.core.outreach.overtaking import superseded
from tracker.core.outreach.topics import TOLD, Setting, Spoken
from tracker.core.outreach.who_hears_what import UNDECIDED, Outreach, still_working, warranted
from tracker.core.vocabulary.messages import MessageState, Purpose, Reason
from tracker.core.vocabulary.words import Audience, Channel, Role

DAY = timedelta(days=1)
CASE = UUID(int=999)
LIVE = Setting(CASE, START - 400 * DAY, False, ZONE, START - 39 * DAY)
MAIL = Address(Channel.EMAIL, "alex@example.org")
PHONE = Address(Channel.SMS, "+447700900123")
ALEX = PartyReported("1", channels=(MAIL,))
SAM = PartyReported("2", role=Role.JOINT_APPLICANT, channels=(PHONE,))
HELPER = PartyReported("3", role=Role.HELPER, channels=(MAIL,))
ASKED = NeedsReported((NeededItem("plan", text="A plan"),))


def entry(place: int) -> str:
    """The cause that names the event at this place."""
    return str(UUID(int=place + 1))


def wanted(
    case: Folded, setting: Setting = LIVE, spoken: tuple[Spoken, ...] = ()
) -> list[tuple[str, str, str, str | None]]:
    """(purpose, party, cause, reason) of what is warranted."""
    found = warranted(case, PERMIT, setting, spoken)
    return [(each.purpose.value, each.party, each.cause, each.reason and each.reason.value) for each in found]


def said(each: Outreach, state: MessageState = MessageState.SENT) -> Spoken:
    """That this was said."""
    reason = each.reason if state is MessageState.WITHHELD else None
    return Spoken(each.key, each.purpose, each.party, each.cause, state, reason, each.due_at, news=each.news)


def after_telling(case: Folded) -> tuple[Spoken, ...]:
    """What is on record when all that a case warrants was sent."""
    found = warranted(case, PERMIT, LIVE, ())
    return tuple(said(each, MessageState.WITHHELD if each.reason else MessageState.SENT) for each in found)


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ((), []),
        ((VAL, ALEX), []),
        ((REC, ALEX), [("acknowledged", "1", "opened", None)]),
        ((REC,), [("acknowledged", "", "opened", "no_recipient")]),
        (
            (REC, HELPER),
            [("acknowledged", "", "opened", "no_recipient"), ("acknowledged", "3", "opened", "role_not_told")],
        ),
        ((REC, replace(ALEX, channels=())), [("acknowledged", "1", "opened", "no_channel")]),
        ((ALEX, REC, VAL), [("acknowledged", "1", "opened", None), ("updated", "1", entry(2), None)]),
        ((ALEX, REC, VAL, ASSESS), [("acknowledged", "1", "opened", None), ("updated", "1", entry(3), None)]),
        ((ALEX, REC, status("CONSULT")), [("acknowledged", "1", "opened", None)]),
        ((ALEX, REC, VAL, status("ZZ")), [("acknowledged", "1", "opened", None)]),
        ((ALEX, REC, STOP), [("finished", "1", entry(2), None)]),
        ((ALEX, REC, ASKED, STOP), [("finished", "1", entry(3), None)]),
        ((ALEX, REC, ASKED), [("acknowledged", "1", "opened", None), ("action_needed", "1", entry(2), None)]),
        (
            (ALEX, REC, NoteReported("A word", Audience.PUBLIC)),
            [("acknowledged", "1", "opened", None), ("updated", "1", entry(2), None)],
        ),
        ((ALEX, REC, NoteReported("A word")), [("acknowledged", "1", "opened", None)]),
        ((SAM, ALEX, REC), [("acknowledged", "1", "opened", None), ("acknowledged", "2", "opened", None)]),
        ((ALEX, REC, VAL, fix(2)), [("acknowledged", "1", "opened", None)]),
    ],
)
def test_what_a_case_warrants(bodies: tuple[Any, ...], expected: list[tuple[str, str, str, str | None]]) -> None:
    assert wanted(case_of(*bodies)) == expected


def test_nothing_is_delivered_in_test_mode() -> None:
    assert wanted(case_of(ALEX, REC), replace(LIVE, test=True)) == [("acknowledged", "1", "opened", "test_mode")]


def test_a_need_that_was_supplied_is_not_asked_for_again() -> None:
    supplied = NeedsReported((NeededItem("plan", supplied_at=START - DAY),))
    assert [each[0] for each in wanted(case_of(ALEX, REC, ASKED, supplied))] == ["acknowledged", "supplied"]


def test_that_what_a_stage_waited_for_has_arrived_is_told_once_t18() -> None:
    """Heard of in one load, entering the stage and leaving the wait would be told in one minute, in the same words."""
    came = NeedsReported((NeededItem("plan", supplied_at=START - DAY),))
    asked = {"time": START - 30 * DAY, "id": "asked"}
    for stage, told in (("RFI", ["supplied"]), ("ASSESS", ["supplied", "updated"])):
        entered = (status(stage), {"time": START - 35 * DAY, "id": "entered"})
        case = case_of(ALEX, REC, entered, (ASKED, asked), (came, {"time": START - 29 * DAY, "id": "came"}))
        found = [each[0] for each in wanted(case, replace(LIVE, now=START - 28 * DAY))]
        assert [each for each in found if each in ("supplied", "updated")] == told


def test_the_service_chooses_the_channel_and_the_first_address_of_it() -> None:
    other = Address(Channel.EMAIL, "other@example.org")
    both = case_of(replace(ALEX, channels=(PHONE, MAIL, other)), REC)
    assert [each.address for each in warranted(both, PERMIT, LIVE, ())] == [MAIL]


def test_an_unknown_language_falls_back_on_the_service_s_own() -> None:
    case = case_of(replace(ALEX, language="xx"), REC)
    assert [each.language for each in warranted(case, PERMIT, LIVE, ())] == ["en"]


@pytest.mark.parametrize(
    "bodies",
    [
        (ALEX, REC, (status("VAL", public_note="A word"), {"sensitive": True})),
        ((ALEX, {"sensitive": True}), REC, status("VAL", public_note="A word")),
    ],
)
def test_what_is_sensitive_carries_no_note(bodies: tuple[Any, ...]) -> None:
    updated = warranted(case_of(*bodies), PERMIT, LIVE, ())[-1]
    assert (updated.purpose, updated.sensitive, updated.note) == (Purpose.UPDATED, True, "")


def test_what_was_said_of_a_slip_is_taken_back_once_from_those_who_heard_it() -> None:
    spoken = after_telling(case_of(ALEX, REC, VAL))
    case = case_of(ALEX, REC, VAL, fix(2), SAM)
    found = [each for each in wanted(case, LIVE, spoken) if each[0] == "corrected"]
    assert found == [("corrected", "1", entry(2), None)]
    unheard = tuple(replace(each, state=MessageState.DUE) for each in spoken)
    assert "corrected" not in [each[0] for each in wanted(case, LIVE, unheard)]


def test_a_case_that_was_opened_again_is_told_of_but_never_acknowledged_after_its_end_case_40() -> None:
    finished = case_of(ALEX, REC, STOP)
    [end] = warranted(finished, PERMIT, LIVE, ())
    again = case_of(ALEX, REC, STOP, ReopenReported())
    assert wanted(again, LIVE, (said(end),)) == [
        ("acknowledged", "1", "opened", "superseded"),
        ("updated", "1", entry(3), None),
    ]
    assert [each[3] for each in wanted(again)] == [None, None]


def test_the_budget_cuts_updates_and_nothing_that_is_urgent() -> None:
    policy = replace(PERMIT, outreach=replace(PERMIT.outreach, messages_per_case=2))
    spoken = tuple(Spoken(f"k{n}", Purpose.UPDATED, "1", f"c{n}", MessageState.SENT) for n in range(2))
    found = warranted(case_of(ALEX, SAM, REC, VAL), policy, LIVE, spoken)
    cut = {(each.purpose.value, each.party) for each in found if each.reason is Reason.BUDGET_SPENT}
    assert cut == {("updated", "1")}
    [word] = still_working(case_of(ALEX, REC), policy, LIVE, spoken, date(2026, 3, 2))
    assert word.reason is None


OPENED = START - 40 * DAY  # of the cases that `case_of` makes


def test_an_adopted_case_is_silent_until_its_first_real_news() -> None:
    later = Setting(CASE, OPENED + DAY, False, ZONE, OPENED + 3 * DAY)
    old = case_of(ALEX, REC, ASKED, VAL)
    assert is_adopted(old, later.live_from)
    assert not has_spoken_up(old, later.live_from)
    assert {each[3] for each in wanted(old, later)} == {"adopted"}
    news = case_of(ALEX, REC, ASKED, VAL, (ASSESS, {"time": OPENED + 2 * DAY}))
    assert has_spoken_up(news, later.live_from)
    assert wanted(news, later) == [
        ("acknowledged", "1", "opened", "adopted"),
        ("action_needed", "1", entry(2), "adopted"),
        ("updated", "1", entry(4), None),
    ]


def test_an_adopted_case_that_ended_before_is_not_told_of_and_one_that_ends_later_is() -> None:
    later = Setting(CASE, OPENED + DAY, False, ZONE, START)
    assert wanted(case_of(ALEX, REC, STOP), later) == [("finished", "1", entry(2), "adopted")]
    ended = case_of(ALEX, REC, (STOP, {"time": OPENED + 2 * DAY}))
    assert wanted(ended, later) == [("finished", "1", entry(2), None)]


@pytest.mark.parametrize(
    ("live_from", "adopted"), [(None, False), (START - 400 * DAY, False), (OPENED, False), (START, True)]
)
def test_who_is_adopted(live_from: datetime | None, adopted: bool) -> None:
    assert is_adopted(case_of((REC, {"time": OPENED})), live_from) is adopted
    assert has_spoken_up(case_of((REC, {"time": OPENED})), live_from) is not adopted


def test_still_working_goes_to_all_who_are_told_and_leaves_a_row_if_there_is_nobody() -> None:
    day = date(2026, 3, 16)
    case = case_of(ALEX, SAM, HELPER, REC)
    assert [(each.party, each.cause) for each in still_working(case, PERMIT, LIVE, (), day)] == [
        ("1", "2026-03-16"),
        ("2", "2026-03-16"),
    ]
    [nobody] = still_working(case_of(REC), PERMIT, LIVE, (), day)
    assert (nobody.party, nobody.reason) == ("", Reason.NO_RECIPIENT)


def test_what_nobody_heard_gives_way_to_newer_news() -> None:
    before = warranted(case_of(ALEX, REC, VAL), PERMIT, LIVE, ())
    spoken = tuple(said(each, MessageState.DUE) for each in before)
    after = warranted(case_of(ALEX, REC, VAL, ASSESS), PERMIT, LIVE, spoken)
    assert superseded(spoken, after) == (before[1].key,)
    assert superseded(tuple(said(each) for each in before), after) == ()


def test_a_word_that_was_due_stays_until_there_is_something_newer() -> None:
    case = case_of(ALEX, REC)
    first = after_telling(case)
    [word] = still_working(case, PERMIT, LIVE, first, date(2026, 3, 16))
    spoken = (*first, said(word, MessageState.DUE))
    assert superseded(spoken, warranted(case, PERMIT, LIVE, spoken)) == ()
    assert superseded(spoken, warranted(case_of(ALEX, REC, RFI), PERMIT, LIVE, spoken)) == (word.key,)


def test_a_row_without_recipient_gives_way_when_somebody_comes() -> None:
    spoken = after_telling(case_of(REC))
    assert superseded(spoken, warranted(case_of(REC, ALEX), PERMIT, LIVE, spoken)) == (spoken[0].key,)


@settings(max_examples=400, deadline=None)
@given(case_sets(), st.data())
def test_nothing_is_said_twice_and_nothing_said_is_taken_out(drafts: Any, data: st.DataObject) -> None:
    placed = [Placed(UUID(int=place + 1), each) for place, each in enumerate(events(drafts, "P-1"))]
    case = fold(placed, PERMIT, ZONE, START)
    first = warranted(case, PERMIT, LIVE, ())
    assert len({each.key for each in first}) == len(first)
    assert all(each.address is not None for each in first if each.reason is None)
    states = st.sampled_from(sorted(TOLD | UNDECIDED))
    spoken = tuple(said(each, MessageState.WITHHELD if each.reason else data.draw(states)) for each in first)
    again = warranted(case, PERMIT, LIVE, spoken)
    new = {each.purpose for each in again} - {each.purpose for each in first}
    assert {each.key for each in again if each.purpose not in new} == {each.key for each in first}, "the same again"
    assert new <= {Purpose.REMINDER, Purpose.FEEDBACK}, "what only those hear who heard something before"
    assert superseded(spoken, again) == ()
    gone = set(superseded(spoken, ()))
    assert not gone & {each.key for each in spoken if each.state in TOLD}
