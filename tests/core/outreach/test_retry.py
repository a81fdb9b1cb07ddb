"""When a message is tried again, and when it is not: a table, since the policy is one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tracker.core.outreach.retry import RETRY, Now, Setback, Tried
from tracker.core.vocabulary.messages import MessageState

DUE, UNKNOWN, FAILED = MessageState.DUE, MessageState.UNKNOWN, MessageState.FAILED
HOUR = 60.0


def minutes(many: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=many)


@pytest.mark.parametrize(
    ("setback", "tried", "state", "after"),
    [
        (Setback.REFUSED, Tried(), FAILED, None),
        (Setback.PUT_OFF, Tried(tries=0), DUE, 1),
        (Setback.PUT_OFF, Tried(tries=1), DUE, 1),
        (Setback.PUT_OFF, Tried(tries=2), DUE, 5),
        (Setback.PUT_OFF, Tried(tries=5), DUE, 4 * HOUR),
        (Setback.PUT_OFF, Tried(tries=6), FAILED, None),
        (Setback.LATER, Tried(tries=99, wish=minutes(7)), DUE, 7),
        (Setback.NOT_CONFIGURED, Tried(tries=99), DUE, HOUR),
        (Setback.CUT_OFF, Tried(tries=1, number=1), DUE, 0),
        (Setback.CUT_OFF, Tried(tries=4, number=4), DUE, 3),
        (Setback.CUT_OFF, Tried(tries=4, number=999), DUE, HOUR),
        (Setback.CUT_OFF, Tried(tries=5, number=5), FAILED, None),
        (Setback.UNSURE, Tried(tries=99), UNKNOWN, 2),
        (Setback.STILL_UNSURE, Tried(since=minutes(3)), UNKNOWN, 5),
        (Setback.STILL_UNSURE, Tried(since=minutes(3), repeatable=True), DUE, 7),
        (Setback.STILL_UNSURE, Tried(since=minutes(30), repeatable=True), DUE, 0),
        (Setback.STILL_UNSURE, Tried(since=minutes(30), unsure=2, repeatable=True), UNKNOWN, None),
        (Setback.STILL_UNSURE, Tried(since=minutes(24 * HOUR)), UNKNOWN, 5),
        (Setback.STILL_UNSURE, Tried(since=minutes(24 * HOUR + 1), repeatable=True), UNKNOWN, None),
        (Setback.ABSENT, Tried(since=minutes(4)), UNKNOWN, 5),
        (Setback.ABSENT, Tried(since=minutes(5), tries=4), DUE, 0),
        (Setback.ABSENT, Tried(since=minutes(5), tries=5), FAILED, None),
        (Setback.ASK_LATER, Tried(since=minutes(5)), UNKNOWN, 5),
        (Setback.ASK_LATER, Tried(since=minutes(5), wish=minutes(17)), UNKNOWN, 17),
    ],
)
def test_what_now_after_this_ending_and_so_many_attempts(
    setback: Setback, tried: Tried, state: MessageState, after: float | None
) -> None:
    assert RETRY.now(setback, tried) == Now(state, None if after is None else minutes(after))


@pytest.mark.parametrize("setback", Setback)
def test_nothing_that_may_have_gone_is_sent_again_at_once_and_nothing_is_tried_for_good(setback: Setback) -> None:
    ever = Tried(tries=1_000, number=1_000, unsure=1_000, since=timedelta(days=2))
    over = RETRY.now(setback, ever).after is None
    assert over or setback in (Setback.LATER, Setback.NOT_CONFIGURED, Setback.UNSURE)
    assert setback is not Setback.UNSURE or RETRY.now(setback, ever).state is UNKNOWN
