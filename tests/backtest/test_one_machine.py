"""The dates of the backtest are those of the service: one log through both gives the same, moves and warnings alike."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random

from integrations.case_logs import read
from tests.backtest.logs import HEADER, Row, day
from tests.soak.kept_dates import Moves, at_receipt, ledger, through_the_service, walked, warned
from tracker.core.vocabulary.words import Change
from tracker.store.ground.engine import Store


def office(seed: int) -> list[Row]:
    """Three hundred requests, three a day. Most are done in a week; one in four is not, of some more is asked for in
    between, and a few are never done."""
    random, rows = Random(seed), list[Row]()
    for number in range(300):
        case, came, takes = f"C{number:03}", number // 3, random.randrange(1, 8)
        if random.random() < 0.25:
            takes = random.randrange(12, 45)
        rows.append(Row(case, "tree", "received", day(came, random.choice((9, 15)))))
        kind = random.random()
        if kind < 0.15:
            rows.append(Row(case, "tree", "review", day(came + takes // 2, 15)))
        elif kind < 0.3 and takes > 3:
            rows.append(Row(case, "tree", "more_info_requested", day(came + 1, 15)))
            rows.append(Row(case, "tree", "review", day(came + takes // 2 + 1, random.choice((9, 15)))))
        if random.random() < 0.97:
            rows.append(Row(case, "tree", "decided", day(came + takes, 15), True))
    return rows


def told_next_morning(moves: Moves) -> Moves:
    """The service moves a date when its clock runs again, the backtest on the morning after that."""
    return {
        number: [
            (on + timedelta(days=1) if reason == Change.CLOCK_PAUSED else on, old_on, new_on, reason)
            for on, old_on, new_on, reason in each
        ]
        for number, each in moves.items()
    }


async def test_one_log_through_both_gives_the_same_dates_moves_and_warnings(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    with file.open("w", newline="", encoding="utf-8") as into:
        csv.writer(into).writerows([HEADER, *(row.cells() for row in office(4))])
    theirs = walked(file, pausing=True)
    log = read(file)
    await through_the_service(store, tmp_path, log, pausing=True)
    first, moves = at_receipt(await ledger(store), log)
    assert first == theirs[0]
    assert told_next_morning(moves) == theirs[1]
    assert {number: words for number, words in (await warned(store)).items() if number in first} == theirs[2]
    assert len(first) > 200 and len(theirs[2]) > 20
    reasons = Counter(reason for each in moves.values() for _, _, _, reason in each)
    assert reasons[Change.LIKELY_LATE] > 20 and reasons[Change.CLOCK_PAUSED] > 20
