"""Which ends of a history do not hold any more."""

from __future__ import annotations

import pytest

from tests.core.case.test_timeline import PERMIT
from tracker.core.answers.endings import undone


@pytest.mark.parametrize(
    ("newest_first", "fallen"),
    [
        ("received", ""),
        ("granted assessing received", ""),
        ("assessing granted received", "granted"),
        ("assessing granted assessing refused", "granted refused"),
        ("granted assessing refused", "refused"),
        ("granted assessing granted", ""),  # it stands again in the same end
        ("withdrawn granted assessing", ""),  # one end after another: nothing was opened again
        ("note assessing note granted", "granted"),
        ("", ""),
    ],
)
def test_an_end_after_which_it_was_opened_again_does_not_hold_t3(newest_first: str, fallen: str) -> None:
    history = [None if code == "note" else PERMIT.stage(code) for code in newest_first.split()]
    assert all(stage or code == "note" for stage, code in zip(history, newest_first.split(), strict=True))
    marked = [stage.code for stage, is_undone in zip(history, undone(history), strict=True) if stage and is_undone]
    assert marked == fallen.split()
