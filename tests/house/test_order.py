"""Every process collects the same tests in the same order: several run them, and a set has another order in each."""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.test_rules import PACKAGES, named, sources
from tracker.web.logs import configure

MADE_OF_SETS = (ast.Set, ast.SetComp)


def is_set(value: ast.expr | None) -> bool:
    """Whether this expression makes a set."""
    called = value.func if isinstance(value, ast.Call) else None
    return isinstance(value, MADE_OF_SETS) or (isinstance(called, ast.Name) and called.id in {"set", "frozenset"})


def sets_of(tree: ast.Module) -> Iterator[str]:
    """The names that a module gives to its sets."""
    for part in tree.body:
        targets = (
            part.targets if isinstance(part, ast.Assign) else [part.target] if isinstance(part, ast.AnnAssign) else []
        )
        if isinstance(part, ast.Assign | ast.AnnAssign) and is_set(part.value):
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def unordered(value: ast.expr, sets: frozenset[str]) -> Iterator[str]:
    """What in these values has no order of its own, as it is written. What `sorted` is given has one."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "sorted":
        return
    if is_set(value) or (isinstance(value, ast.Name) and value.id in sets):
        yield ast.unparse(value)
    elif isinstance(value, ast.List | ast.Tuple):
        for each in value.elts:
            if isinstance(each, ast.Starred):
                yield from unordered(each.value, sets)
    elif isinstance(value, ast.ListComp):
        yield from unordered(value.generators[0].iter, sets)


def without_order(text: str, sets: frozenset[str]) -> list[str]:
    """The values of `parametrize` in a module of tests that come in no order: `line: what`."""
    found = []
    tree = ast.parse(text)
    known = sets | {*sets_of(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "parametrize":
            for value in node.args[1:2]:
                found += [f"{node.lineno}: {what}" for what in unordered(value, known)]
    return found


@pytest.fixture(scope="module")
def all_sets() -> frozenset[str]:
    """The names of every set of the product."""
    return frozenset(name for file in sources(*PACKAGES) for name in sets_of(ast.parse(file.read_text())))


@pytest.mark.parametrize("file", sources("tests"), ids=named)
def test_tests_come_in_one_order(file: Path, all_sets: frozenset[str]) -> None:
    assert without_order(file.read_text(), all_sets) == []


@pytest.mark.parametrize(
    "values", ["{1, 2}", "WAYS", "[*WAYS, 3]", "[way for way in WAYS]", "frozenset(x)", "[*{1, 2}]"]
)
def test_what_has_no_order_is_noticed(values: str) -> None:
    assert without_order(f"@pytest.mark.parametrize('way', {values})\ndef test(way): ...", frozenset({"WAYS"}))


@pytest.mark.parametrize(
    "values", ["[{1, 2}]", "sorted(WAYS)", "[*sorted(WAYS), 3]", "ORDERED", "[x in WAYS for x in y]"]
)
def test_what_has_an_order_passes(values: str) -> None:
    assert without_order(f"@pytest.mark.parametrize('way', {values})\ndef test(way): ...", frozenset({"WAYS"})) == []


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_test_does_to_the_logs_is_undone_after_it(time: str, caplog: pytest.LogCaptureFixture) -> None:
    """Files are shared out differently where there are more processes: what one leaves behind, another one finds."""
    assert logging.getLogger().level == logging.WARNING, f"the {time} finds what pytest set"
    assert logging.getLogger("httpx").level == logging.NOTSET
    assert caplog.handler in logging.getLogger().handlers
    configure("debug")
