"""The floors of the house: every import contract holds, and each one fails when its rule is broken on purpose."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("tracker", "notifications", "integrations", "templates", "migrations")

FLOORS = "Data flows one way: the floors of the house"
EXHAUSTIVE = "Every module of tracker has a floor"
EDGES = "Only main and what stands above it see the edges"
SETTINGS = "Only main and what stands above it read settings"
INDEPENDENT = "The edges do not know each other"
PURE = "The core is pure: the standard library and nothing else"
SUPERVISOR = "The supervisor of the embedded server runs on the standard library alone"
LEAF = "templates is a leaf: it imports none of us"
SHOWN = "templates is a leaf: only what shows words to people imports it"
TABLES = "migrations know the tables alone"
BY_NAME = "Nobody imports migrations: they are run by name"
CORE_ROOMS = "The rooms of the core see each other in one direction"
STORE_ROOMS = "The rooms of the store see each other in one direction"
FLOW_ROOMS = "The rooms of the flows see each other in one direction"
ACYCLIC = "No cycles inside any package"

BROKEN = [
    (FLOORS, "tracker/core/case/events.py", "import tracker.store.case.cases"),
    (FLOORS, "tracker/store/case/cases.py", "import tracker.flows.deciding.intake"),
    (FLOORS, "tracker/flows/deciding/intake.py", "import tracker.web.api"),
    (FLOORS, "tracker/web/api.py", "import notifications.deliver"),
    (FLOORS, "tracker/web/api.py", "import tracker.main"),
    (FLOORS, "tracker/web/api.py", "import tracker.scheduler.ticks"),
    (FLOORS, "notifications/render.py", "import tracker.scheduler.ticks"),
    (FLOORS, "tracker/scheduler/ticks.py", "import integrations.wire"),
    (FLOORS, "notifications/render.py", "import tracker.settings"),
    (FLOORS, "integrations/wire.py", "import tracker.main"),
    (FLOORS, "tracker/main.py", "import tracker.demo.run"),
    (FLOORS, "tracker/demo/run.py", "import tracker.replay"),
    (EXHAUSTIVE, "tracker/stray.py", "import tracker.core.case.events"),
    (EXHAUSTIVE, "tracker/stray/__init__.py", "import tracker.core.case.events"),
    (EDGES, "tracker/settings.py", "import notifications.channels"),
    (EDGES, "tracker/web/api.py", "import integrations.wire"),
    (EDGES, "tracker/flows/deciding/intake.py", "import notifications.channels"),
    (SETTINGS, "tracker/web/api.py", "import tracker.settings"),
    (SETTINGS, "tracker/scheduler/ticks.py", "import tracker.settings"),
    (SETTINGS, "integrations/inbound.py", "from tracker.settings import Settings"),
    (SETTINGS, "templates/wording.py", "from tracker import settings"),
    (INDEPENDENT, "notifications/render.py", "import integrations.wire"),
    (INDEPENDENT, "integrations/wire.py", "def late():\n    import notifications.render"),
    (PURE, "tracker/core/case/events.py", "import pydantic"),
    (PURE, "tracker/core/case/timeline.py", "from sqlalchemy.ext.asyncio import AsyncConnection"),
    (PURE, "tracker/core/answers/needs.py", "def late():\n    import templates.wording"),
    (SUPERVISOR, "tracker/store/embedded/guardian.py", "import asyncpg"),
    (SUPERVISOR, "tracker/store/embedded/home.py", "import tracker.store.ground.columns"),
    (LEAF, "templates/wording.py", "import tracker.core.answers.facts"),
    (LEAF, "templates/environment.py", "import integrations.fields"),
    (SHOWN, "tracker/flows/outreach/release.py", "import templates.environment"),
    (SHOWN, "integrations/wire.py", "import templates.wording"),
    (TABLES, "migrations/env.py", "import tracker.settings"),
    (BY_NAME, "tracker/store/schema.py", "import migrations.env"),
    (CORE_ROOMS, "tracker/core/vocabulary/calendars.py", "import tracker.core.promises.weighing"),
    (CORE_ROOMS, "tracker/core/case/ordering.py", "import tracker.core.outreach.topics"),
    (CORE_ROOMS, "tracker/core/stray.py", "import tracker.core.vocabulary.words"),
    (STORE_ROOMS, "tracker/store/promises/promises.py", "import tracker.store.case.cases"),
    (STORE_ROOMS, "tracker/store/case/cases.py", "import tracker.store.deciding.dossier"),
    (FLOW_ROOMS, "tracker/flows/promises/learn.py", "import tracker.flows.deciding.sweep"),
    (FLOW_ROOMS, "tracker/flows/outreach/release.py", "import tracker.flows.answers.lookup"),
    (ACYCLIC, "tracker/core/case/events.py", "import tracker.core.case.timeline"),
    (ACYCLIC, "tracker/store/ground/columns.py", "import tracker.store.outreach.messages"),
    (ACYCLIC, "notifications/channels.py", "import notifications.deliver"),
    (ACYCLIC, "integrations/fields.py", "import integrations.wire"),
    (ACYCLIC, "templates/wording.py", "import templates.environment"),
]


def verdicts(folder: Path) -> dict[str, str]:
    """What lint-imports says of each contract in a folder: KEPT or BROKEN."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache", "--no-logo"], cwd=folder, capture_output=True, text=True, timeout=60)
    found = dict(re.findall(r"^(.+) (KEPT|BROKEN)\b", done.stdout, re.MULTILINE))
    assert found, done.stdout + done.stderr
    assert (done.returncode != 0) == ("BROKEN" in found.values()), done.stdout + done.stderr
    return found


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of our packages, somewhere else."""
    folder = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            there = folder / file.relative_to(ROOT)
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, there)
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    return folder


@pytest.fixture
def changed(copy: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The copy with one line too many, which is taken out again."""
    _, name, line = request.param
    file = copy / name
    before = file.read_text() if file.exists() else None
    new_folder = not file.parent.exists()
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{before or ''}\n\n{line}\n")
    yield copy
    if before is not None:
        file.write_text(before)
    elif new_folder:
        shutil.rmtree(file.parent)
    else:
        file.unlink()


def contracts() -> list[dict[str, Any]]:
    """The contracts as they are configured."""
    found: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    return found


def test_every_contract_is_kept() -> None:
    said = verdicts(ROOT)
    assert set(said) == {each["name"] for each in contracts()}
    assert set(said.values()) == {"KEPT"}


def test_the_copy_is_good_before_anything_is_broken(copy: Path) -> None:
    assert set(verdicts(copy).values()) == {"KEPT"}


def test_every_contract_is_broken_on_purpose_below() -> None:
    assert {name for name, _, _ in BROKEN} == {each["name"] for each in contracts()}


@pytest.mark.parametrize(
    "changed", BROKEN, indirect=True, ids=[f"{file}: {line.split()[-1]}" for _, file, line in BROKEN]
)
def test_a_broken_rule_is_noticed(changed: Path, request: pytest.FixtureRequest) -> None:
    contract, _, _ = request.node.callspec.params["changed"]
    assert verdicts(changed)[contract] == "BROKEN"


def test_no_contract_excuses_an_import() -> None:
    assert not [each["name"] for each in contracts() if each.get("ignore_imports")]


@pytest.mark.parametrize("contract", [PURE, SUPERVISOR])
def test_what_is_forbidden_to_the_pure_is_all_that_we_use(contract: str) -> None:
    """A package that is new to the project is forbidden there, too."""
    forbidden = next(each["forbidden_modules"] for each in contracts() if each["name"] == contract)
    files = (file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    foreign = set().union(*map(imported, files)) - set(sys.stdlib_module_names) - {"tracker"}
    assert foreign <= set(forbidden)


def imported(file: Path) -> set[str]:
    """The top-level packages that a file imports."""
    nodes = list(ast.walk(ast.parse(file.read_text())))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in names}
