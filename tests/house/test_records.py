"""A record bears the columns of its table: whoever adds a column finds out here that a decision does not know it."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path
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


ROOT = Path(__file__).parents[2]


def untyped(text: str, *, in_store: bool) -> list[str]:
    """Where rows without types leave the store: what its public functions take or give, and elsewhere any mention."""
    tree = ast.parse(text)
    if not in_store:
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        ours = [each for each in imports if each.module and each.module.startswith("sqlalchemy")]
        return [name.name for each in ours for name in each.names if name.name in ("Row", "RowMapping")]
    functions = [each for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [
        each.name
        for each in functions
        if not each.name.startswith("_")
        and any(
            "Row[" in ast.unparse(hint) for hint in (each.returns, *(arg.annotation for arg in each.args.args)) if hint
        )
    ]


def test_no_row_without_types_leaves_the_store() -> None:
    files = [file for folder in ("tracker", "notifications", "integrations") for file in (ROOT / folder).rglob("*.py")]
    found = {str(file.relative_to(ROOT)): untyped(file.read_text(), in_store="store" in file.parts) for file in files}
    assert {name: each for name, each in found.items() if each} == {}


def test_rows_without_types_are_found() -> None:
    assert untyped("from sqlalchemy import Row", in_store=False) == ["Row"]
    assert untyped("async def page() -> Row[Any] | None: ...", in_store=True) == ["page"]
    assert untyped("def told(claimed: Row[Any]) -> None: ...", in_store=True) == ["told"]
    assert untyped("def _read(row: Row[Any]) -> None: ...", in_store=True) == []
