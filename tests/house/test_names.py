"""One word, one meaning: what carries a name in the product carries it alone, and rooms stay small."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from enum import EnumType, StrEnum
from functools import cache
from pathlib import Path

import pytest

from tracker.core.vocabulary import messages, words

ROOT = Path(__file__).parents[2]
PRODUCT = ("tracker", "notifications", "integrations", "templates")
MOST_FILES = 20
"""So many files lie in one folder at most; more are a room that was not built yet."""
MOST_POSITIONAL = 5
MOST_SKIPS = 40
"""So many tables may be laid out by hand, in all of the project."""
MOST_ROWS = 15
"""So many places may pass on a row of the database without a type."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


@cache
def modules() -> Mapping[str, ast.Module]:
    """The product's modules by name."""
    files = (file for package in PRODUCT for file in sorted((ROOT / package).rglob("*.py")))
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts): ast.parse(file.read_text(encoding="utf-8"))
        for file in files
    }


def definitions() -> Iterator[tuple[str, Definition]]:
    """Everything that has a name of its own: (module, definition)."""
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, Definition):
                yield module, node


def test_a_class_name_stands_for_one_thing() -> None:
    places = defaultdict(list)
    for module, node in definitions():
        if isinstance(node, ast.ClassDef):
            places[node.name].append(module)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_folder_is_a_heap() -> None:
    folders = Counter(
        file.parent.relative_to(ROOT).as_posix()
        for package in (*PRODUCT, "tests", "benchmarks")
        for file in (ROOT / package).rglob("*.py")
        if file.name != "__init__.py"
    )
    assert {folder: count for folder, count in folders.items() if count > MOST_FILES} == {}


def test_no_folder_is_spelt_with_underscores() -> None:
    """Three files `definition_*.py` are a room `definition` that was not built yet."""
    begins = Counter(
        (module.rpartition(".")[0], name.partition("_")[0])
        for module in modules()
        if "_" in (name := module.rpartition(".")[2])
    )
    assert {place: count for place, count in begins.items() if count > 2} == {}


def test_a_sixth_argument_is_named() -> None:
    many = []
    for module, node in definitions():
        if isinstance(node, Function) and not _is_command(node):
            given = [each.arg for each in node.args.posonlyargs + node.args.args if each.arg not in ("self", "cls")]
            if len(given) > MOST_POSITIONAL and f"{module}.{node.name}" not in OVERRIDDEN:
                many.append(f"{module}.{node.name}({', '.join(given)})")
    assert many == []


OVERRIDDEN = {"notifications.sms.request": "as the library calls it"}


def _is_command(node: Function) -> bool:
    """Options of a command, or of a group of them, are named by whoever types it."""
    return any(
        isinstance(each, ast.Call) and ast.unparse(each.func).endswith((".command", ".callback"))
        for each in node.decorator_list
    )


def test_the_formatter_lays_out_all_but_a_few_tables() -> None:
    skips = sum(
        file.read_text(encoding="utf-8").count("# fmt: " + "skip")
        for package in (*PRODUCT, "tests", "benchmarks", "migrations")
        for file in (ROOT / package).rglob("*.py")
    )
    assert skips < MOST_SKIPS


def test_rows_have_types_at_the_edge_of_the_store() -> None:
    rows = [
        f"{module}: {ast.unparse(node)}"
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and ast.unparse(node) == "Row[Any]"
    ]
    assert len(rows) < MOST_ROWS, rows


MEANS = {
    "account": "an account of staff",
    "kept": "a date that came true",
    "keep": "no name: say save, store, hold",
    "tell": "saying something to people outside the office",
    "told": "said to people outside the office",
    "standing": "a promise that neither was superseded nor judged",
    "word": "the words that people read; the next word to a person",
    "found": "no name for a thing: say result, match",
    "look": "staff look at a case; somebody looks up their own",
    "book": "nothing: say ledger",
}
"""What these words mean in names, and nothing else: see docs/glossary.md."""

USED: Mapping[str, frozenset[str]] = {
    "account": frozenset(
        {
            "tracker.flows.desk.accounts._no_such_account",
            "tracker.store.desk.accounts.Account",
            "tracker.store.desk.accounts.StaffAccount",
        }
    ),
    "kept": frozenset(
        {
            "tracker.flows.outreach.ask.kept",
            "tracker.store.answers.feedback.PromiseKept",
        }
    ),
    "tell": frozenset(
        {
            "integrations.inbound.tell",
        }
    ),
    "told": frozenset(
        {
            "tracker.core.answers.facts.ToldFacts",
            "tracker.core.deciding.ledger.told_before",
            "tracker.core.promises.first_dates._from_first_told",
            "tracker.core.promises.first_dates._told_at",
            "tracker.core.promises.record.was_told",
            "tracker.core.vocabulary.purpose_traits.DateTold",
            "tracker.demo.afterwards.first_told",
            "tracker.demo.history._told_by_now",
            "tracker.flows.answers.dates._told_at",
            "tracker.flows.promises.put_on_record.told",
        }
    ),
    "standing": frozenset(
        {
            "tracker.core.deciding.ledger.standing",
            "tracker.core.promises.life.standing_date",
            "tracker.core.promises.weighing.StandingDate",
        }
    ),
    "word": frozenset(
        {
            "tracker.core.deciding.case_in_hand._word_to",
            "tracker.core.outreach.who_hears_what.word_to",
            "tracker.core.vocabulary.calendars.next_word_on",
            "tracker.core.vocabulary.calendars.word_due_at",
            "tracker.web.punctuality.ServiceWordOut",
            "tracker.web.punctuality.WordOut",
            "tracker.web.punctuality.word",
            "tracker.web.punctuality.word_out",
        }
    ),
    "found": frozenset(
        {
            "tracker.core.vocabulary.errors.CaseNotFound",
        }
    ),
    "look": frozenset(
        {
            "tracker.core.answers.contacts.LookPurpose",
            "tracker.flows.answers.lookup.look_up",
            "tracker.flows.desk.look",
            "tracker.flows.desk.look.look",
        }
    ),
}
"""Where they stand, each of them meant so. `tell` and `word` of the API are names on the wire."""


@pytest.mark.parametrize("word", MEANS)
def test_a_word_in_a_name_has_one_meaning(word: str) -> None:
    """Whoever uses one of these words in a new name says here that it is meant so, or finds the field's word."""
    names = {
        f"{module}.{node.name}"
        for module, node in definitions()
        if word in (part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", node.name))
    } | {module for module in modules() if word in module.rpartition(".")[2].split("_")}
    assert names == USED.get(word, frozenset())


def test_the_glossary_has_them_all() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").partition("## Words that are kept")[2]
    listed = {
        word.strip() for row in re.findall(r"^\| ([a-z, ]+) \|", glossary, re.MULTILINE) for word in row.split(",")
    }
    assert set(MEANS) - {"keep"} <= listed


def closed_words() -> Mapping[str, str]:
    """The words of the sets that stand at the bottom, each with the set that it is of."""
    sets = (each for module in (words, messages) for each in vars(module).values() if isinstance(each, EnumType))
    return {word.value: each.__name__ for each in sets for word in each if each is not StrEnum}


def literals(tree: ast.AST) -> list[str]:
    """Comparisons with a word of a closed set that is written out: `line: comparison`."""
    known = closed_words()
    return [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        for each in (node.left, *node.comparators)
        if isinstance(each, ast.Constant) and each.value in known
    ]


def test_nobody_compares_with_a_word_that_is_written_out() -> None:
    for module, tree in modules().items():
        assert literals(tree) == [] or module in FOREIGN, module
    assert literals(ast.parse('if row.basis == "office":\n    pass')) == ["1: row.basis == 'office'"]


FOREIGN = {
    "notifications.asking": "the name of a carrier",
    "notifications.receipts": "words of the provider",
    "notifications.sms": "words of the provider",
    "integrations.faults": "the kind of a fault of pydantic",
}
"""Where a word of another's is compared that is spelt like one of ours."""


def test_every_file_that_the_documents_name_is_there() -> None:
    named = re.compile(r"`((?:tracker|notifications|integrations|templates|tests|benchmarks)/[\w/.-]+\.\w+)`")
    for document in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        if document.name != "CHANGELOG.md":
            gone = [each for each in named.findall(document.read_text(encoding="utf-8")) if not (ROOT / each).exists()]
            assert gone == [], document.name


def test_what_a_route_depends_on_is_a_coroutine() -> None:
    """What is none is handed to a thread at each request, and costs a tenth of a page."""
    named = {
        ast.unparse(node.args[0]).rpartition(".")[2]
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Depends"
    }
    assert {"caller_address", "page_language", "posted", "sender", "staff"} <= named
    plain = {
        node.name for module, node in definitions() if isinstance(node, ast.FunctionDef) and ".core." not in module
    }
    assert named & plain == set()
