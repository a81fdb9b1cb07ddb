"""The ordinary life of the embedded server: first start, many users, the end; accounts, names and places."""

import asyncio
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.store.server_processes import PROJECT, Owner, ask, is_quiet, made, parent_of, until
from tracker.store.embedded import system_user
from tracker.store.embedded.locks import ALONE, FileLock
from tracker.store.embedded.server import DataDirectoryRefused, EmbeddedServer, ServerDidNotStart, start

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")
_NOBODY = 65534


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A place for a data directory; afterwards nothing may be at work in it."""
    place = tmp_path / "data"
    yield place
    assert until(lambda: is_quiet(place)), "processes were left behind"


@pytest.fixture
def kept(data: Path) -> Path:
    """A stopped server's data directory that holds one row in the table `kept`."""
    return made(data)


@pytest.fixture
def public() -> Iterator[Path]:
    """A directory that every account may read, for what another account is to run."""
    place = Path(tempfile.mkdtemp(prefix="tracker-test-"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_first_start_makes_a_private_durable_database(data: Path) -> None:
    with start(data) as server:
        assert _mode(data) == _mode(data / "cluster") == _mode(server.socket_dir) == 0o700
        assert [
            path for path in (data, *data.rglob("*")) if path.lstat().st_mode & 0o022 and not path.is_socket()
        ] == []
        assert ask(server, "SELECT current_database() || ' ' || current_user") == "tracker tracker"
        assert ask(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        settings = {"fsync": "on", "listen_addresses": "", "server_encoding": "UTF8", "data_checksums": "on"}
        settings |= {"max_connections": "100", "TimeZone": "UTC", "log_min_error_statement": "panic"}
        assert {name: ask(server, f"SHOW {name}") for name in settings} == settings
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port), 1).close()
    assert server.pid is None and is_quiet(data)


def test_every_script_has_trigrams(kept: Path) -> None:
    with start(kept, unsafe_without_fsync=True) as server:
        ask(server, "CREATE EXTENSION pg_trgm", "CREATE EXTENSION unaccent", "SELECT 1")
        for word in ("المدينة", "Straße", "Кишинёв", "ΑΘΗΝΑ", "東京", "ŵythnos"):
            assert ask(server, f"SELECT show_trgm('{word}')"), word
        assert ask(server, "SELECT lower('ÄŴЁΩ') || unaccent('é')") == "äŵёωe"


def test_the_role_can_make_and_copy_databases(kept: Path) -> None:
    with start(kept, unsafe_without_fsync=True) as server:
        ask(server, "CREATE DATABASE copy TEMPLATE tracker", "SELECT 1", database="postgres")
        assert ask(server, "SELECT n FROM kept", database="copy") == 7


def test_users_in_one_process_share_the_server(kept: Path) -> None:
    first, second = start(kept, unsafe_without_fsync=True), start(kept, unsafe_without_fsync=True)
    assert first.pid == second.pid
    first.close()
    first.close()
    assert ask(second, "SELECT 1") == 1
    second.close()
    assert is_quiet(kept)


def test_processes_that_start_at_once_get_one_server_and_the_last_one_out_stops_it(data: Path) -> None:
    with Owner(data) as one, Owner(data) as two, Owner(data) as three:
        assert len({owner.ready().server_pid for owner in (one, two, three)} - {0}) == 1
        for owner in (two, one):
            owner.leave()
            assert ask(three.socket_dir, "SELECT 1") == 1
        three.leave()
        assert is_quiet(data)


def test_a_forked_child_does_not_close_its_parents_server(kept: Path) -> None:
    with start(kept, unsafe_without_fsync=True) as server:
        child = os.fork()
        if child == 0:
            server.close()
            os._exit(0)
        os.waitpid(child, 0)
        assert ask(server, "SELECT 1") == 1


def test_control_c_reaches_the_user_and_not_the_server(kept: Path) -> None:
    with Owner(kept, start_new_session=True) as owner:
        owner.ready()
        os.killpg(owner.process.pid, signal.SIGINT)
        assert owner.hear() == "interrupted"
        assert ask(owner.socket_dir, "SELECT 1") == 1
        owner.leave()


def test_a_server_without_fsync_is_not_taken_for_a_durable_one(kept: Path) -> None:
    with start(kept, unsafe_without_fsync=True), pytest.raises(ServerDidNotStart, match="without fsync"):
        start(kept)


@pytest.mark.parametrize("name", ["with a space", "per%cent+plus", "مدينة-ŵ", "col:on,comma", "x" * 120])
def test_any_name_of_the_directory_works_in_the_url(public: Path, name: str) -> None:
    async def through_sqlalchemy(server: EmbeddedServer) -> object:
        engine = create_async_engine(server.url())
        try:
            async with engine.connect() as connection:
                return await connection.scalar(text("SELECT 6 * 7"))
        finally:
            await engine.dispose()

    data = public / name
    with start(data, unsafe_without_fsync=True) as server:
        assert asyncio.run(through_sqlalchemy(server)) == 42
        assert _mode(server.socket_dir) == 0o700
    far = data not in server.socket_dir.parents
    assert far == (len(name) > 100 or "," in name)
    assert is_quiet(data) and server.socket_dir.exists() != far


def test_a_planted_socket_directory_is_refused(data: Path, tmp_path: Path) -> None:
    place = data / ("x" * 120)
    with start(place, unsafe_without_fsync=True) as server:
        far = server.socket_dir
    far.symlink_to(tmp_path)
    try:
        with pytest.raises(DataDirectoryRefused, match="not a directory"):
            start(place)
        far.unlink()
        far.mkdir(mode=0o755)
        with pytest.raises(DataDirectoryRefused):
            start(place)
    finally:
        far.unlink() if far.is_symlink() else far.rmdir()


def test_a_directory_moved_while_stopped_works_at_its_new_place(data: Path, tmp_path: Path) -> None:
    made(tmp_path / "before")
    start(tmp_path / "before", unsafe_without_fsync=True).close()
    (tmp_path / "before").rename(data)
    with start(data, unsafe_without_fsync=True) as server:
        assert ask(server, "SELECT n FROM kept") == 7


def test_a_directory_moved_while_running_keeps_its_one_server(data: Path, tmp_path: Path) -> None:
    with Owner(made(tmp_path / "before")) as owner:
        owner.ready()
        (tmp_path / "before").rename(data)
        with start(data, unsafe_without_fsync=True) as server:
            assert server.pid == owner.server_pid
            assert ask(server, "SELECT 1") == 1
            owner.leave()
            assert ask(server, "SELECT 1") == 1


def test_a_copy_of_a_running_directory_is_another_server(data: Path, tmp_path: Path) -> None:
    with start(made(tmp_path / "before"), unsafe_without_fsync=True) as original:
        ask(original, "CHECKPOINT", "SELECT 1", user="postgres")
        subprocess.run(["cp", "-a", tmp_path / "before", data], check=False, stderr=subprocess.DEVNULL)
        with start(data, unsafe_without_fsync=True) as copy:
            assert copy.pid != original.pid
            assert ask(original, "SELECT 1") == ask(copy, "SELECT 1") == 1


def test_the_log_is_bounded(kept: Path) -> None:
    with (kept / "server.log").open("ab") as log:
        log.write(b"x" * 9_000_000)
    start(kept, unsafe_without_fsync=True).close()
    assert (kept / "server.log").stat().st_size < 100_000 < (kept / "server.log.1").stat().st_size


def test_impatience_is_told_and_harmless(kept: Path) -> None:
    """As from another container: a guardian is at work, but its server cannot be seen."""
    with FileLock(kept / "guardian") as elsewhere:
        assert elsewhere.take(ALONE)
        with pytest.raises(ServerDidNotStart, match="another container"):
            start(kept, patience=timedelta(seconds=0.1), unsafe_without_fsync=True)
    with start(kept, unsafe_without_fsync=True) as server:
        assert ask(server, "SELECT 1") == 1


@needs_root
def test_root_steps_down_to_an_account_of_its_own(kept: Path) -> None:
    with start(kept, unsafe_without_fsync=True) as server:
        assert server.pid
        served_by = Path("/proc", str(server.pid)).stat().st_uid
        assert served_by == (kept / "cluster").stat().st_uid not in (0, _NOBODY)
        assert kept.stat().st_uid == 0
        assert Path("/proc", str(parent_of(server.pid))).stat().st_uid == 0


@needs_root
def test_root_serves_from_closed_directories(kept: Path, public: Path) -> None:
    source = Path(system_user._programs()).parents[1]
    closed = public / "closed"
    closed.mkdir(mode=0o700)
    for name in (source.name, f"{source.name}.libs"):
        if source.with_name(name).is_dir():
            shutil.copytree(source.with_name(name), closed / name, ignore=shutil.ignore_patterns("include", "*.a"))
    before = set(system_user.COPIES.iterdir()) if system_user.COPIES.exists() else set()
    try:
        with Owner(kept, paths=f"{closed}:{PROJECT}") as owner:
            assert owner.ready().server_pid, owner.said
            assert Path("/proc", str(owner.server_pid), "exe").readlink().is_relative_to(system_user.COPIES)
            owner.leave()
        assert _mode(closed) == 0o700
    finally:
        for made in set(system_user.COPIES.iterdir()) - before:
            shutil.rmtree(made)


@needs_root
def test_an_ordinary_account_serves_itself_and_is_refused_what_is_not_its_own(data: Path, public: Path) -> None:
    """Needs an interpreter that account can reach, so it gets a copy of this one and of all it runs."""
    base, version = Path(sys.base_prefix), f"python{sys.version_info.major}.{sys.version_info.minor}"
    unneeded = shutil.ignore_patterns("site-packages", "test", "config-*", "idlelib", "__pycache__", "include", "*.a")
    shutil.copytree(base / "lib" / version, public / "lib" / version, ignore=unneeded)
    (public / "bin").mkdir()
    python = Path(shutil.copy2(base / "bin" / version, public / "bin"))
    for library in (base / "lib").glob("libpython*"):
        shutil.copy2(library, public / "lib")
    source = Path(system_user._programs()).parents[1]
    for part in (PROJECT / "tracker", source, source.with_name(f"{source.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, public / part.name, ignore=unneeded)
    (public / "theirs").mkdir()
    os.chown(public / "theirs", _NOBODY, _NOBODY)
    how: dict[str, Any] = {
        "python": str(python),
        "paths": str(public),
        "user": _NOBODY,
        "group": _NOBODY,
        "extra_groups": [],
    }
    probe = subprocess.run([python, "-c", ""], user=_NOBODY, group=_NOBODY, cwd="/", check=False)
    if probe.returncode != 0:
        pytest.skip("this interpreter does not run from a copy")

    with Owner(public / "theirs" / "data", **how) as owner:
        assert owner.ready().server_pid, owner.said
        assert Path("/proc", str(owner.server_pid)).stat().st_uid == _NOBODY
        assert ask(owner.socket_dir, "SELECT 1") == 1
        owner.leave()
        assert is_quiet(public / "theirs" / "data")
    with pytest.raises(DataDirectoryRefused, match=f"account number {_NOBODY}"):
        start(public / "theirs" / "data")
    shutil.move(made(data), public / "ours")
    with Owner(public / "ours", **how) as owner:
        assert owner.ready().said.startswith("DataDirectoryRefused"), owner.said
