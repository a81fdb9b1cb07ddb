"""SQL is in the store alone, as constants that are named for what they ask, and nothing foreign is put into it."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STORE = ROOT / "tracker" / "store"

MADE = {
    "tracker/store/case/erasing_statements.py": "from the marks of the columns",
    "tracker/store/deciding/changes.py": "from the tables and the fields of the records",
    "tracker/store/ground/prepared.py": "what is handed over, which is a constant of its caller",
    "tracker/store/organisations/seeding.py": "the database's own name, quoted by itself: an identifier is no value",
}
"""Files in which statements are made, each with what is put in."""

STATEMENTS = ("text", "PreparedStatement", "exec_driver_sql")


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls that make a statement of text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in STATEMENTS:
            yield node


def within_functions(tree: ast.Module) -> list[str]:
    """Statements that are put together while the service runs: `line: statement`."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [f"{call.lineno}: {ast.unparse(call)[:80]}" for each in functions for call in calls(each)]


def put_in(tree: ast.Module) -> list[str]:
    """What is put into statements and is no constant of a module, no word of a closed set: `line: what`."""
    constants = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    texts = {part for node in (*constants, *calls(tree)) for part in ast.walk(node) if isinstance(part, ast.JoinedStr)}
    parts = (part for text in texts for part in ast.walk(text) if isinstance(part, ast.FormattedValue))
    listed = {
        name.id
        for node in constants
        for each in ast.walk(node)
        if isinstance(each, ast.comprehension) and _constant(each.iter)
        for name in ast.walk(each.target)
        if isinstance(name, ast.Name)
    }
    return [f"{part.lineno}: {ast.unparse(part.value)}" for part in parts if not _constant(part.value, listed)]


def _constant(value: ast.expr, listed: Collection[str] = ()) -> bool:
    """A constant of a module, what is asked of one without saying anything, or one of several that are listed."""
    first = value
    while isinstance(first, ast.Attribute) or (isinstance(first, ast.Call) and not first.args):
        first = first.func if isinstance(first, ast.Call) else first.value
    if not isinstance(first, ast.Name):
        return False
    if first.id in listed:
        return True
    words = first.id.lstrip("_")
    return words.isupper() or (isinstance(value, ast.Attribute) and words[:1].isupper() and value.attr.isupper())


@pytest.mark.parametrize("file", sorted(STORE.rglob("*.py")), ids=lambda file: file.relative_to(STORE).as_posix())
def test_a_statement_is_a_constant_of_its_module(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    if file.relative_to(ROOT).as_posix() in MADE:
        assert list(calls(tree))
        return
    assert within_functions(tree) == []
    assert put_in(tree) == []


def test_no_statement_stands_outside_of_the_store() -> None:
    for package in ("tracker", "notifications", "integrations", "templates"):
        for file in (ROOT / package).rglob("*.py"):
            if STORE not in file.parents:
                tree = ast.parse(file.read_text(encoding="utf-8"))
                imported = [
                    f"{node.module}.{each.name}"
                    for node in ast.walk(tree)
                    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("sqlalchemy", "sqlmodel"))
                    for each in node.names
                ]
                assert set(imported) <= HANDED_ON, file


HANDED_ON = {"sqlalchemy.ext.asyncio.AsyncConnection", "sqlalchemy.engine.make_url", "sqlalchemy.exc.ArgumentError"}
"""What others may know of the library: the connection that they hand on, and how an address is written."""


@pytest.mark.parametrize(
    "source",
    [
        'def f(c, name):\n    return c.execute(text("SELECT 1"))',
        'async def f(c):\n    await c.exec_driver_sql("SELECT 1")',
    ],
)
def test_a_statement_made_on_the_way_is_noticed(source: str) -> None:
    assert within_functions(ast.parse(source))


@pytest.mark.parametrize("value", ["name", "row.name", "name.upper()", "_hits(x)", "Mode.live"])
def test_what_is_put_in_is_noticed(value: str) -> None:
    assert put_in(ast.parse(f'Q = text(f"SELECT {{{value}}}")')) == [f"1: {value}"]


@pytest.mark.parametrize("value", ["_CASE", "MOST_HITS", "Purpose.DELAYED"])
def test_constants_may_be_put_in(value: str) -> None:
    assert put_in(ast.parse(f'Q = text(f"SELECT {{{value}}}")')) == []
