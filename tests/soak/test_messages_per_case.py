"""The count of messages is of the whole application: what left, by purpose and channel, and what it costs."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

from integrations.case_logs import read
from tests.backtest.logs import HEADER, Row, day
from tests.http import settings
from tests.soak.alike import longest_run
from tests.soak.messages_per_case import caught, paid, replay, table
from tracker.store.ground.engine import Store


async def test_a_log_is_counted_with_its_price_and_its_longest_run(store: Store, tmp_path: Path) -> None:
    """The first case is done at once; of the second nothing new is heard for five months, and the same never more than
    three times in a row (T5)."""
    file = tmp_path / "log.csv"
    rows = [
        Row("A", "tree", "received", day(0, 9)),
        Row("B", "tree", "received", day(0, 10)),
        Row("A", "tree", "decided", day(1, 9), True),
        Row("B", "tree", "decided", day(150, 9), True),
    ]
    with file.open("w", newline="", encoding="utf-8") as into:
        csv.writer(into).writerows([HEADER, *(row.cells() for row in rows)])
    log, given = read(file), settings(tmp_path)
    await replay(store, tmp_path, log)
    found = paid(await caught(store), log.cases(), given)
    lines = table(found)
    assert lines["finished"] == ["2", "1.00", "at most 1"]
    assert int(lines["still_working"][0]) >= 4
    by_mail = [each for each in found.left if each.channel == "email"]
    assert {each.of_case for each in by_mail} == {"A/1"}, "one in four has an e-mail address, which goes first"
    texts = sum(each.units for each in found.left) - len(by_mail)
    price = len(by_mail) * given.email_price + texts * given.sms_price
    assert sum((each.price for each in found.left), Decimal(0)) == price > 0
    run = longest_run(each.message for each in found.left)
    assert {each.person for each in run} == {"B/1/1"}
    assert 2 <= len(run) <= 3
