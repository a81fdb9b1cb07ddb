"""A record bears the columns of its table: whoever adds a column finds out here that a decision does not know it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import Table

from tracker.core.deciding.dossier import CaseRecord, MessageRecord, RecipientRecord
from tracker.core.promises.record import PromiseRecord
from tracker.store.case.cases import CASE
from tracker.store.case.parties import RECIPIENT
from tracker.store.outreach.messages import MESSAGE
from tracker.store.promises.promises import PROMISE

SCOPE = {"organisation_id", "mode"}
"""What belongs to every row of a decision, and is written once for all."""


@pytest.mark.parametrize(
    ("record", "table", "not_columns", "not_decided"),
    [
        (CaseRecord, CASE, set(), set()),
        (RecipientRecord, RECIPIENT, set(), set()),
        (PromiseRecord, PROMISE, {"told_at"}, set()),
        (MessageRecord, MESSAGE, {"retimed"}, {"lease_until"}),
    ],
)
def test_a_record_has_the_columns_of_its_table(
    record: Any, table: Table, not_columns: set[str], not_decided: set[str]
) -> None:
    named = {each.name for each in fields(record)}
    assert named - not_columns == {each.name for each in table.columns} - SCOPE - not_decided
