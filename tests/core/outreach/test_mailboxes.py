"""One mailbox, one mail: people of one case who are reached at one address are told of a thing once (T15)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.case.test_timeline import PERMIT, REC, STOP, VAL, case_of
from tests.core.outreach.test_who_hears_what import ALEX, HELPER, LIVE, entry, fix, said
from tracker.core.case.events import Address, NeededItem, NeedsReported, PartyReported, ReopenReported
from tracker.core.outreach.overtaking import superseded
from tracker.core.outreach.topics import UNDECIDED, Spoken
from tracker.core.outreach.who_hears_what import CUT, warranted, word_to
from tracker.core.vocabulary.messages import MessageState, Purpose, Reason
from tracker.core.vocabulary.words import Channel, Role

TELLS_ALL = replace(PERMIT, outreach=replace(PERMIT.outreach, tell=tuple(Role)))
SHARED = Address(Channel.EMAIL, "same@example.org", "same@example.org")
LOUD = Address(Channel.EMAIL, "SAME@example.org", "same@example.org")
ELSEWHERE = Address(Channel.EMAIL, "new@example.org", "new@example.org")
PLUS = Address(Channel.EMAIL, "same+b@example.org", "same+b@example.org")
PHONE = Address(Channel.SMS, "07700 900123", "+447700900123")
SPELT = Address(Channel.SMS, "+44 (0)7700-900123", "+447700900123")
BAD = Address(Channel.EMAIL, "nobody", None)


def person(id_: str, *channels: Address, role: Role = Role.APPLICANT, **more: Any) -> PartyReported:
    return PartyReported(id_, role=role, channels=channels, **more)


def decided(*bodies: Any, spoken: tuple[Spoken, ...] = (), purpose: Purpose | None = None) -> dict[str, str | None]:
    """Party -> why they hear nothing, or in whose message it is; None: they are told."""
    found = warranted(case_of(*bodies), TELLS_ALL, LIVE, spoken)
    return {
        each.party: each.same_as or (each.reason and each.reason.value)
        for each in found
        if purpose is None or each.purpose is purpose
    }


def on_record(
    *bodies: Any, spoken: tuple[Spoken, ...] = (), state: MessageState = MessageState.SENT
) -> tuple[Spoken, ...]:
    """What stands in the outbox once all that is warranted was decided, and what was to be sent has this state."""
    before = {each.key: each for each in spoken}
    for each in warranted(case_of(*bodies), TELLS_ALL, LIVE, spoken):
        now = MessageState.WITHHELD if each.reason else state
        told = Spoken(each.key, each.purpose, each.party, each.cause, now, each.reason, each.due_at)
        told = replace(told, same_as=each.same_as)
        if each.key not in before or before[each.key].state in UNDECIDED | {MessageState.WITHHELD}:
            before[each.key] = told
    return tuple(before.values())


def test_twenty_five_people_with_one_address_get_one_mail_case_t15() -> None:
    people = [person(f"{number:02}", SHARED, LOUD) for number in range(25)]
    found = decided(*people, REC)
    assert found.pop("00") is None
    assert len(found) == 24 and set(found.values()) == {"00"}


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (person("b", SHARED), person("a", LOUD, role=Role.HELPER), {"b": None, "a": "b"}),
        (person("b", PHONE), person("a", SPELT, role=Role.JOINT_APPLICANT), {"b": None, "a": "b"}),
        (person("a", SHARED), person("b", PLUS), {"a": None, "b": None}),
        (person("a", SHARED), person("b", PHONE), {"a": None, "b": None}),
        (person("a", SHARED, PHONE), person("b", SHARED, PHONE, prefers=Channel.SMS), {"a": None, "b": None}),
        (person("a", BAD), person("b", BAD), {"a": None, "b": None}),
        (person("a", SHARED), person("b"), {"a": None, "b": "no_channel"}),
    ],
)
def test_who_is_told_of_two(first: PartyReported, second: PartyReported, told: dict[str, str | None]) -> None:
    assert decided(first, second, REC) == told == decided(second, REC, first)


def test_the_first_decides_the_language_and_the_hours() -> None:
    first = person("a", SHARED, language="cy", zone="Europe/Madrid")
    found = warranted(case_of(first, person("b", SHARED, language="en"), REC), TELLS_ALL, LIVE, ())
    [told] = [each for each in found if each.reason is None]
    assert (told.party, told.zone, told.language) == ("a", "Europe/Madrid", "cy" if "cy" in PERMIT.languages else "en")


def test_who_joins_brings_no_second_mail_even_if_they_come_first() -> None:
    helper, applicant = person("z", SHARED, role=Role.HELPER), person("a", LOUD)
    spoken = on_record(helper, REC)
    assert decided(helper, REC, applicant, spoken=spoken) == {"z": None, "a": "z"}
    undecided = on_record(helper, REC, state=MessageState.DUE)
    assert decided(helper, REC, applicant, spoken=undecided) == {"z": "a", "a": None}


@pytest.mark.parametrize(
    "gone",
    [person("a", SHARED, remove=True), person("a", ELSEWHERE)],
)
def test_when_the_first_goes_the_other_is_told_what_comes_next_and_nothing_twice(gone: PartyReported) -> None:
    first, second = person("a", SHARED), person("b", LOUD)
    spoken = on_record(first, second, REC)
    after = (first, second, REC, gone, VAL)
    assert decided(*after, spoken=spoken, purpose=Purpose.ACKNOWLEDGED)["b"] == "a"
    assert decided(*after, spoken=spoken, purpose=Purpose.UPDATED)["b"] is None
    later = on_record(*after, spoken=spoken)
    assert decided(*after, spoken=later, purpose=Purpose.ACKNOWLEDGED)["b"] == "a"
    third = person("c", SHARED)
    assert decided(*after, third, spoken=later, purpose=Purpose.ACKNOWLEDGED)["c"] == "a"
    assert decided(*after, third, spoken=later, purpose=Purpose.UPDATED)["c"] == "b"


def test_what_the_first_never_heard_the_other_is_told_when_the_first_goes() -> None:
    first, second = person("a", SHARED), person("b", LOUD)
    for state in (MessageState.FAILED, MessageState.DUE):
        spoken = on_record(first, second, REC, state=state)
        assert decided(first, second, REC, person("a", remove=True), spoken=spoken) == {"b": None}


def test_who_heard_it_by_the_message_of_another_hears_what_follows_from_it() -> None:
    first, second = person("a", SHARED), person("b", LOUD)
    spoken = on_record(first, second, REC, VAL)
    found = decided(first, second, REC, VAL, fix(3), person("a", remove=True), spoken=spoken, purpose=Purpose.CORRECTED)
    assert found == {"b": None}
    ended = on_record(first, second, REC, STOP)
    again = (first, second, REC, STOP, person("a", remove=True), ReopenReported())
    assert decided(*again, spoken=ended, purpose=Purpose.ACKNOWLEDGED) == {"b": "superseded"}


def test_detail_is_kept_from_a_mailbox_that_is_also_of_somebody_sensitive() -> None:
    asked = NeedsReported((NeededItem("plan", text="A plan"),))
    case = case_of(person("a", SHARED), (person("b", LOUD), {"sensitive": True}), REC, asked)
    found = [each for each in warranted(case, TELLS_ALL, LIVE, ()) if each.reason is None]
    assert [(each.party, each.sensitive) for each in found] == [("a", True), ("a", True)]


def test_the_next_word_goes_to_the_first_of_a_mailbox() -> None:
    case = case_of(person("b", SHARED, role=Role.HELPER), person("c", LOUD), person("d", PHONE), REC)
    assert word_to(case, TELLS_ALL) == (("c", Channel.EMAIL), ("d", Channel.SMS))


def test_one_of_the_same_address_is_no_news_and_overtakes_no_word_that_is_due() -> None:
    spoken = on_record(ALEX, REC)
    due = replace(spoken[0], key="still", purpose=Purpose.STILL_WORKING, cause="2026-03-16", state=MessageState.DUE)
    alex = replace(ALEX, channels=(SHARED,))
    found = warranted(case_of(alex, REC, person("b", LOUD)), TELLS_ALL, LIVE, (*spoken, due))
    assert [each.reason for each in found] == [None, Reason.SAME_ADDRESS]
    assert superseded((*spoken, due), found) == ()
    assert Reason.SAME_ADDRESS in CUT


def test_a_role_that_is_not_told_has_a_row_that_says_so_at_the_beginning_and_the_end_case_t14() -> None:
    found = warranted(case_of(ALEX, HELPER, REC, VAL), PERMIT, LIVE, ())
    rows = [(each.purpose.value, each.party, each.reason) for each in found if each.party == "3"]
    assert rows == [("acknowledged", "3", Reason.ROLE_NOT_TOLD)]
    end = warranted(case_of(ALEX, HELPER, REC, STOP), PERMIT, LIVE, ())
    assert ("finished", "3", entry(3)) in [(each.purpose.value, each.party, each.cause) for each in end]
    nobody = warranted(case_of(REC, HELPER), PERMIT, LIVE, ())
    kept = tuple(said(each, MessageState.WITHHELD) for each in nobody)
    assert superseded(kept, nobody) == ()


BOXES = st.sampled_from([SHARED, LOUD, PLUS, PHONE, SPELT])
PEOPLE = st.lists(
    st.builds(person, st.sampled_from("abcde"), BOXES, role=st.sampled_from(Role)), min_size=1, max_size=6
)


@settings(deadline=None, max_examples=150)
@given(PEOPLE, PEOPLE)
def test_no_mailbox_is_ever_told_twice_of_one_thing(before: list[PartyReported], after: list[PartyReported]) -> None:
    """Whoever comes, goes or moves between two decisions: of each mailbox and topic one message at most is new."""
    spoken = on_record(*before, REC)
    found = warranted(case_of(*before, REC, *after), TELLS_ALL, LIVE, spoken)
    known = {each.key for each in spoken if each.state is MessageState.SENT}
    fresh = [each for each in found if each.reason is None and each.key not in known]
    boxes = [(each.purpose, each.cause, each.address and each.address.normal) for each in fresh]
    assert len(boxes) == len(set(boxes))
    stayed = {party for party in (each.party for each in before) if party not in {each.party for each in after}}
    told = {each.party for each in spoken if each.state is MessageState.SENT} & stayed
    shared = {each.address and each.address.normal for each in found if each.party in told}
    assert not any(each.address and each.address.normal in shared for each in fresh)
