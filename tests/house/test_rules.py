"""The rules of the house that no tool knows: a pure core, told purposes, small files, honest tests."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("tracker", "notifications", "integrations", "templates")

MOST_LINES = 300
MOST_FUNCTION_LINES = 60
LONG_FILES: dict[str, str] = {}
"""Files that may be longer, each with its reason. Migrations are history, and are not counted."""
LONG_FUNCTIONS: dict[str, str] = {}
"""Functions that may be longer, as `file: name`, each with its reason."""

PURE_MODULES = frozenset(
    {
        "__future__",
        "base64",
        "binascii",
        "bisect",
        "calendar",
        "collections",
        "dataclasses",
        "datetime",
        "decimal",
        "difflib",
        "enum",
        "fractions",
        "functools",
        "hashlib",
        "heapq",
        "hmac",
        "itertools",
        "math",
        "operator",
        "re",
        "statistics",
        "string",
        "tomllib",
        "typing",
        "unicodedata",
        "uuid",
        "zoneinfo",
    }
)
"""What the core may import of the standard library: nothing that asks the world for anything."""

FROM_THE_WORLD = frozenset(
    {"now", "today", "utcnow", "uuid1", "uuid4", "uuid6", "uuid7", "uuid8", "getnode", "open", "print", "input"}
)
"""What answers something else every time: called, or taken from what was imported to be called later.

A field of that name is not: `setting.now` is an argument."""

TO_THE_MACHINES_ZONE = re.compile(r"\.astimezone\((?:tz=)?(?:None)?\)$")
"""A time turned into the zone that this machine happens to be set to, or taken for one of it."""

PLACES = re.compile(r"(?<![\w.~:/])/(?:work|root)(?![\w.-])")
TICKETS = re.compile(r"\bissues?\s+(?:no\.?\s*)?#?\d", re.IGNORECASE)
MENTIONED = {"tracker/store/embedded/system_user.py": "root's home, where another account cannot reach the binaries"}
"""Files that may name such a place, each with its reason."""


def sources(*folders: str) -> list[Path]:
    """The Python files of these folders."""
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def named(file: Path) -> str:
    """The file's name within the project."""
    return file.relative_to(ROOT).as_posix()


def impurities(text: str) -> list[str]:
    """What in a module of the core asks the world: `line: what`."""
    found = []
    tree = ast.parse(text)
    foreign = imported_names(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                modules = [alias.name for alias in names]
            case ast.ImportFrom(module=module, names=names):
                modules = [module or ""]
                found += [f"{node.lineno}: {each.name}" for each in names if each.name in FROM_THE_WORLD]
            case _:
                modules = []
        tops = {module.split(".")[0] for module in modules}
        found += [f"{node.lineno}: {top}" for top in tops - PURE_MODULES - {"tracker"}]
        match node:
            case ast.Attribute(attr=name) if name in FROM_THE_WORLD and root_of(node) in foreign:
                found.append(f"{node.lineno}: .{name}")
            case ast.Call(func=ast.Attribute(attr=name)) if name in FROM_THE_WORLD:
                found.append(f"{node.lineno}: .{name}()")
            case ast.Call(func=ast.Name(id=name)) if name in FROM_THE_WORLD:
                found.append(f"{node.lineno}: {name}()")
    return found + machine_zones(text)


def machine_zones(text: str) -> list[str]:
    """Where a module asks in which zone this machine is, as no linter notices: `line: what`."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return [f"{call.lineno}: astimezone()" for call in calls if TO_THE_MACHINES_ZONE.search(ast.unparse(call))]


def imported_names(tree: ast.Module) -> set[str]:
    """The names that a module binds by importing them, from the standard library or from anywhere else."""
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    return {(alias.asname or alias.name).split(".")[0] for node in statements for alias in node.names}


def root_of(node: ast.expr) -> str | None:
    """The first name of `a.b.c`, if it begins with a name."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


@pytest.mark.parametrize("file", sources("tracker/core"), ids=named)
def test_the_core_asks_the_world_for_nothing(file: Path) -> None:
    assert impurities(file.read_text()) == []


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime\nat = datetime.now()",
        "import datetime\nday = datetime.date.today()",
        "from datetime import datetime as clock\nat = clock.utcnow()",
        "import time",
        "from time import time",
        "from uuid import uuid4",
        "import uuid\nid_ = uuid.uuid1()",
        "from uuid_utils import uuid7",
        "import random",
        "import secrets",
        "import logging",
        "import os",
        "from os import environ",
        "import asyncio",
        "def late():\n    import subprocess",
        "text = open('file').read()",
        "local = at.astimezone()",
        "from datetime import datetime\nclock = datetime.now",
        "import datetime\nclock = datetime.datetime.utcnow",
        "import uuid as ids\nmake = ids.uuid4",
        "def late(at):\n    return type(at).now() > at",
    ],
)
def test_what_asks_the_world_is_noticed(text: str) -> None:
    assert impurities(text)


@pytest.mark.parametrize("file", sources(*PACKAGES, "benchmarks", "tests"), ids=named)
def test_nothing_depends_on_the_zone_of_the_machine(file: Path) -> None:
    """A time is an office's, a source's or a person's; where the machine stands, or who typed the command, is nobody's
    business."""
    assert machine_zones(file.read_text()) == []


@pytest.mark.parametrize("given", ["", "None", "tz=None"])
def test_the_zone_of_the_machine_is_noticed(given: str) -> None:
    assert machine_zones(f"def begin(at):\n    return at.astimezone({given}) if at else None")


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import time\nhour = time(10)\nthere = at.astimezone(zone)",
        "def late(setting, at):\n    return setting.now > at",
        "import base64\nword = base64.b64encode(b'a')",
    ],
)
def test_what_asks_nothing_passes(text: str) -> None:
    assert impurities(text) == []


def undocumented(tree: ast.Module) -> Iterator[str]:
    """The public parts of a module without a docstring; a protocol's stubs say enough by their types."""
    if not ast.get_docstring(tree):
        yield "(the module)"
    todo: list[tuple[str, ast.Module | ast.ClassDef]] = [("", tree)]
    while todo:
        prefix, node = todo.pop()
        for part in node.body:
            if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or part.name[0] == "_":
                continue
            if not ast.get_docstring(part) and not _is_stub(part):
                yield prefix + part.name
            if isinstance(part, ast.ClassDef):
                todo.append((f"{prefix}{part.name}.", part))


def _is_stub(part: ast.stmt) -> bool:
    body = getattr(part, "body", [])
    return len(body) == 1 and ast.unparse(body[0]) == "..."


@pytest.mark.parametrize("file", sources(*PACKAGES), ids=named)
def test_everything_public_says_what_it_is_for(file: Path) -> None:
    assert list(undocumented(ast.parse(file.read_text()))) == []


@pytest.mark.parametrize("file", [f for f in sources(*PACKAGES, "migrations") if f.name == "__init__.py"], ids=named)
def test_a_package_holds_a_docstring_and_nothing_else(file: Path) -> None:
    tree = ast.parse(file.read_text())
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


def pretence(text: str) -> list[str]:
    """Where a test puts a mock in the place of our code."""
    found = []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.ImportFrom(module="unittest.mock" | "mock" | "pytest_mock"):
                found.append(f"{node.lineno}: {node.module}")
            case ast.ImportFrom(module="unittest", names=names) if any(each.name == "mock" for each in names):
                found.append(f"{node.lineno}: unittest.mock")
            case ast.Import(names=names):
                found += [f"{node.lineno}: {each.name}" for each in names if each.name in {"unittest.mock", "mock"}]
            case ast.arg(arg="mocker"):
                found.append(f"{node.lineno}: mocker")
    return found


@pytest.mark.parametrize("file", sources("tests"), ids=named)
def test_no_test_pretends(file: Path) -> None:
    assert pretence(file.read_text()) == []


@pytest.mark.parametrize(
    "text", ["from unittest.mock import patch", "import unittest.mock", "from unittest import mock", "def f(mocker): 0"]
)
def test_pretending_is_noticed(text: str) -> None:
    assert pretence(text)


@pytest.mark.parametrize("file", sources(*PACKAGES, "tests"), ids=named)
def test_a_file_answers_one_question(file: Path) -> None:
    """Over 300 lines, or over 60 in a function: ask what it is hiding, and split it there."""
    text = file.read_text()
    lines = len(text.splitlines())
    assert lines <= MOST_LINES or named(file) in LONG_FILES
    long = [
        f"{named(file)}: {node.name}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES
    ]
    assert set(long) <= set(LONG_FUNCTIONS)


def test_exceptions_are_still_needed() -> None:
    for name in LONG_FILES:
        assert len((ROOT / name).read_text().splitlines()) > MOST_LINES
    for name in MENTIONED:
        assert PLACES.search((ROOT / name).read_text())


def kept_files() -> list[Path]:
    """Every file of the project that is or could be committed."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    answer = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        pytest.skip(f"not in a git work tree: {answer.stderr.strip()}")
    return [ROOT / name for name in answer.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_nothing_speaks_of_somebodys_machine_or_of_tickets() -> None:
    found = []
    for file in kept_files():
        name, text = named(file), file.read_bytes().decode("utf-8", "replace")
        if name not in MENTIONED:
            found += [f"{name}: {match[0]}" for match in PLACES.finditer(text)]
        found += [f"{name}: {match[0]}" for match in TICKETS.finditer(text)]
    assert found == []


def test_such_talk_is_noticed() -> None:
    for place in ("work", "root"):
        assert PLACES.search(f"see /{place}/notes.md")
        assert not PLACES.search(f"https://example.org/{place}/ and ~/{place}/x and /{place}ing")
    assert TICKETS.search("as in issue" + " 12") and TICKETS.search("Issue" + " #3")
    assert not TICKETS.search("the same issue again")
