"""The documents tell the truth: every setting, reason, alert, problem and command; every link and every template."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from pydantic import SecretStr
from typer.core import TyperGroup

from tracker.cli import app
from tracker.core.vocabulary.messages import MessageState, Purpose, Reason
from tracker.settings import Settings
from tracker.web.errors import KINDS

ROOT = Path(__file__).parents[2]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
MESSAGES = ROOT / "templates" / "messages"
PARTS = {"subject.txt", "lead.txt", "text.txt", "html.html", "sms.txt"}


def rows(text: str) -> dict[str, str]:
    """The rows of all tables of a document, by the code word in their first column."""
    return {match[1]: match[0] for match in re.finditer(r"^\| `([^`]+)` \|.*$", text, re.MULTILINE)}


TABLES = rows(OPERATIONS)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    default = Settings.model_fields[name].default
    row = TABLES[f"TRACKER_{name.upper()}"]
    if default not in (None, "") and not isinstance(default, SecretStr):
        said = f"{default:g}" if isinstance(default, float) else str(default)
        assert f"| `{said}` |" in row


def test_no_setting_is_documented_that_is_not_there() -> None:
    documented = {name.removeprefix("TRACKER_").lower() for name in TABLES if name.startswith("TRACKER_")}
    assert documented == set(Settings.model_fields)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_not_to_speak_is_documented(reason: Reason) -> None:
    assert reason.value in TABLES


@pytest.mark.parametrize("state", MessageState)
def test_every_state_of_a_message_is_documented(state: MessageState) -> None:
    assert f"`{state.value}`" in OPERATIONS


def alert_kinds() -> Iterator[str]:
    """The kinds of alerts that the code raises: the words that it hands over as `kind` where it makes a `Notice`."""
    for file in (
        file for package in ("tracker", "notifications", "integrations") for file in (ROOT / package).rglob("*.py")
    ):
        tree = ast.parse(file.read_text())
        places = {"Notice": 0} | {
            node.name: place for node in ast.walk(tree) if (place := place_of_kind(node)) is not None
        }
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        if any(called(call).strip("_") in ("alert", "Notice") for call in calls):
            found = (call.args[places[called(call)]] for call in calls if called(call) in places)
            yield from (each.value for each in found if isinstance(each, ast.Constant))


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    return ast.unparse(call.func).rpartition(".")[2]


def place_of_kind(node: ast.AST) -> int | None:
    """Where a function or a dataclass takes its `kind`, if it does."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            names = [each.arg for each in node.args.args]
        case ast.ClassDef():
            names = [ast.unparse(each.target) for each in node.body if isinstance(each, ast.AnnAssign)]
        case _:
            return None
    return names.index("kind") if "kind" in names else None


ALERTS = sorted(set(alert_kinds()))


@pytest.mark.parametrize("kind", ALERTS)
def test_every_kind_of_alert_is_documented_with_what_to_do(kind: str) -> None:
    happened, todo = TABLES[kind].strip("| ").split(" | ")[1:]
    assert len(happened) > 20 and len(todo) > 20


def test_alerts_are_found_in_the_code() -> None:
    assert {"status_unmapped", "illegal_move", "parked_expired", "source_silent", "message_failed"} <= set(ALERTS)


def test_no_alert_is_documented_that_is_never_raised() -> None:
    section = OPERATIONS.split("## Alerts")[1].split("\n## ")[0]
    assert set(rows(section)) == set(ALERTS)


@pytest.mark.parametrize("slug", KINDS)
def test_every_kind_of_problem_is_documented_with_its_status(slug: str) -> None:
    assert f"| `{slug}` | {KINDS[slug].status} |" in TABLES[slug]


def test_no_problem_is_documented_that_is_not_there() -> None:
    section = OPERATIONS.split("## What callers are told")[1].split("\n## ")[0]
    assert set(rows(section)) == set(KINDS)


def commands() -> set[tuple[str, ...]]:
    """Every command of the command line, as its words."""
    found: set[tuple[str, ...]] = set()
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    for name, command in group.commands.items():
        found.add((name,))
        if isinstance(command, TyperGroup):
            found |= {(name, below) for below in command.commands}
    return found


def test_every_command_that_is_documented_exists() -> None:
    known = commands()
    groups = {words[0] for words in known if len(words) == 2}
    for file in DOCUMENTS:
        code = "\n".join(re.findall(r"```.*?```|`[^`]+`", file.read_text(), re.DOTALL))
        for name, below in re.findall(r"(?m)(?:^|`|&& )tracker ([a-z]+)(?: ([a-z][a-z-]*))?", code):
            words = (name, below) if name in groups and below else (name,)
            assert words in known, f"{file.name}: tracker {' '.join(words)}"


@pytest.mark.parametrize("name", ["serve", "work", "migrate", "alerts"])
def test_every_command_of_an_operator_is_documented(name: str) -> None:
    assert (name,) in commands()
    assert f"`tracker {name}" in OPERATIONS


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_every_link_within_the_project_leads_somewhere(file: Path) -> None:
    text = re.sub(r"```.*?```", "", file.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (file.parent / path).resolve() if path else file
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there.read_text()), target


def anchors(text: str) -> set[str]:
    """The anchors that a document's headings make."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_decisions_are_numbered_and_have_their_three_parts() -> None:
    assert [int(file.name[:4]) for file in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for number, file in enumerate(DECISIONS, 1):
        text = file.read_text()
        assert text.startswith(f"# {number}. ")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
        assert len(text.splitlines()) <= 60, f"{file.name} is more than a page"


def test_the_readme_has_its_two_commands_to_the_letter() -> None:
    readme = (ROOT / "README.md").read_text()
    fenced = dict(re.findall(r"<!-- (\w+) -->\n```sh\n(.+)\n```", readme))
    start = "python3 -m venv .venv && . .venv/bin/activate && pip install -c requirements.lock -e "
    assert fenced == {"demo": f"{start}. && tracker demo", "tests": f"{start}'.[test]' && python -m pytest"}


def languages() -> set[str]:
    """The languages in which messages are framed: those of any message, and of the catalogues."""
    said = {folder.name for purpose in MESSAGES.iterdir() if purpose.is_dir() for folder in purpose.iterdir()}
    return said | {folder.name for folder in (ROOT / "templates" / "locales").glob("*") if folder.is_dir()}


@pytest.mark.parametrize("purpose", [*Purpose, "generic"])
def test_every_purpose_has_all_its_words_in_every_language(purpose: str) -> None:
    assert "en" in languages()
    for language in languages():
        assert {file.name for file in (MESSAGES / purpose / language).iterdir()} == PARTS


def test_no_words_are_there_for_a_purpose_that_is_not() -> None:
    assert {folder.name for folder in MESSAGES.iterdir() if folder.is_dir()} == {*Purpose, "generic"}
