"""The embedded server under attack: kill -9, stale and forged files, foreign directories, full disks."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.store.server_processes import Owner, ask, is_quiet, kill, made, parent_of, until
from tracker.store.embedded.home import Home
from tracker.store.embedded.process import find
from tracker.store.embedded.server import (
    DataDirectoryRefused,
    DiskFull,
    ServerDidNotStart,
    ServerError,
    WrongVersion,
    start,
)

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a file system or give a file away")


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
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with us, but is called postgres."""
    process = subprocess.Popen(["postgres", "60"], executable="/bin/sleep")
    yield process
    process.kill()
    process.wait()


def test_the_server_of_a_killed_owner_stops_and_starts_again(kept: Path) -> None:
    with Owner(kept, safe=True) as owner:
        owner.ready()
        ask(owner.socket_dir, "INSERT INTO kept VALUES (8)", "SELECT 1")
        owner.kill()
        assert until(lambda: is_quiet(kept))
    with start(kept) as server:
        assert ask(server, "SELECT max(n) FROM kept") == 8


def test_a_start_right_after_the_kill_gets_a_working_server(kept: Path) -> None:
    with Owner(kept) as first, Owner(kept) as second:
        first.ready().kill()
        assert second.ready().server_pid, second.said
        time.sleep(1.5)  # the guardian looks once a second: it must see the new user
        assert ask(second.socket_dir, "SELECT 1") == 1
        second.leave()


def test_a_server_left_without_owner_and_guardian_is_joined_and_guarded_again(kept: Path) -> None:
    with Owner(kept) as owner:
        guardian = parent_of(owner.ready().server_pid)
        kill(guardian)
        owner.kill()
        time.sleep(1.5)  # longer than a guardian takes
        assert find(owner.server_pid)
        with Owner(kept) as next_owner:
            assert next_owner.ready().server_pid == owner.server_pid
            assert parent_of(owner.server_pid) != guardian
            next_owner.kill()
            assert until(lambda: is_quiet(kept))


def test_without_a_guardian_the_last_user_still_stops_the_server(kept: Path) -> None:
    with Owner(kept) as owner:
        kill(parent_of(owner.ready().server_pid))
        owner.leave()
        assert is_quiet(kept)


def test_what_was_acknowledged_survives_the_death_of_everything(kept: Path) -> None:
    with Owner(kept, safe=True) as owner:
        owner.ready()
        ask(owner.socket_dir, "INSERT INTO kept VALUES (8)", "SELECT 1")
        kill(parent_of(owner.server_pid), owner.server_pid)
        owner.kill()
    with start(kept) as server:
        assert ask(server, "SELECT max(n) FROM kept") == 8


def test_a_killed_postmaster_is_launched_anew_under_its_users(kept: Path) -> None:
    with start(kept, unsafe_without_fsync=True) as server:
        before = server.pid
        assert before
        kill(before)
        assert until(lambda: server.pid not in (None, before) and Home(kept).is_ready())
        assert ask(server, "SELECT n FROM kept") == 7


def test_a_server_stopped_by_an_operator_stays_stopped_until_the_next_start(kept: Path) -> None:
    with start(kept, unsafe_without_fsync=True) as server:
        assert server.pid
        os.kill(server.pid, signal.SIGINT)
        assert until(lambda: is_quiet(kept))
        with start(kept, unsafe_without_fsync=True) as again:
            assert ask(again, "SELECT n FROM kept") == ask(server, "SELECT n FROM kept") == 7


def test_a_number_that_now_belongs_to_a_bystander_harms_nobody(kept: Path, bystander: subprocess.Popen[bytes]) -> None:
    stale = f"{bystander.pid}\n{kept}\n1\n5432\nsocket\n\n  1 1\nready   \n"
    (kept / "cluster" / "postmaster.pid").write_text(stale)
    (kept / "cluster" / "socket" / ".s.PGSQL.5432.lock").write_text(stale)
    (kept / "postmaster.json").write_text(f'[{bystander.pid}, "1"]')
    with start(kept, unsafe_without_fsync=True) as server:
        assert server.pid != bystander.pid
        assert ask(server, "SELECT n FROM kept") == 7
    assert bystander.poll() is None


def test_the_number_of_unreaped_remains_harms_nobody(kept: Path) -> None:
    ended = subprocess.Popen(["/bin/true"])
    assert until(lambda: find(ended.pid) is None)
    (kept / "cluster" / "postmaster.pid").write_text(f"{ended.pid}\n{kept}\n1\n5432\nsocket\n\n  1 1\nready   \n")
    with start(kept, unsafe_without_fsync=True) as server:
        assert ask(server, "SELECT n FROM kept") == 7
    assert ended.wait() == 0


@pytest.mark.parametrize("content", ["", "garbage\n", "-1\n", "0\n", "1\n", "99999999999999999999\n", "\0\xff"])
def test_a_forged_file_does_not_stop_the_server(kept: Path, content: str) -> None:
    (kept / "cluster" / "postmaster.pid").write_text(content)
    (kept / "postmaster.json").write_text(content)
    with start(kept, unsafe_without_fsync=True) as server:
        assert ask(server, "SELECT n FROM kept") == 7


def test_a_kill_during_the_first_start_leaves_nothing_half_done(data: Path) -> None:
    for delay in (0.0, 0.1, 0.25, 0.4):
        with Owner(data) as owner:
            assert until(lambda: data.exists() and any(data.glob("cluster.making-*")))
            time.sleep(delay + random.random() / 20)  # the kill is to come at any moment of the start
            owner.kill()
        assert not (data / "cluster").exists() or (data / "cluster" / "socket").is_dir()
        if (data / "cluster").exists():
            break
    with start(data, unsafe_without_fsync=True) as server:
        assert ask(server, "SELECT 1") == 1
    assert list(data.glob("cluster.making-*")) == []


def test_directories_that_are_not_private_are_refused(data: Path, tmp_path: Path) -> None:
    data.mkdir(mode=0o750)
    with pytest.raises(DataDirectoryRefused, match="chmod 700"):
        start(data)
    assert list(data.iterdir()) == []
    data.rmdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(DataDirectoryRefused):
        start(tmp_path / "file")
    with pytest.raises(DataDirectoryRefused):
        start(tmp_path / "file" / "below")


def test_a_cluster_opened_to_others_or_replaced_by_a_link_is_refused(kept: Path, tmp_path: Path) -> None:
    (kept / "cluster").chmod(0o755)
    with pytest.raises(DataDirectoryRefused, match="chmod 700"):
        start(kept)
    (kept / "cluster").rename(tmp_path / "elsewhere")
    (kept / "cluster").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DataDirectoryRefused, match="not a directory"):
        start(kept)


@needs_root
def test_directories_of_another_account_are_refused(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o700)
    os.chown(tmp_path / "theirs", 65534, 65534)
    with pytest.raises(DataDirectoryRefused, match="belongs to the account number 65534"):
        start(tmp_path / "theirs")
    os.chown(kept / "cluster", 65534, 65534)
    with pytest.raises(DataDirectoryRefused, match="belongs to the account number 65534"):
        start(kept)


def test_data_of_another_version_or_no_data_is_refused_in_plain_words(kept: Path) -> None:
    (kept / "cluster" / "PG_VERSION").write_text("17\n")
    with pytest.raises(WrongVersion, match="was made by PostgreSQL 17"):
        start(kept)
    (kept / "cluster" / "PG_VERSION").unlink()
    with pytest.raises(DataDirectoryRefused, match="restore a backup"):
        start(kept)


def test_a_failure_is_told_at_once_with_the_servers_last_words(kept: Path) -> None:
    with (kept / "cluster" / "postgresql.conf").open("a") as settings:
        settings.write("max_connections = plenty\n")
    began = time.monotonic()
    with pytest.raises(ServerDidNotStart, match=r"(?s)Mend the line.*max_connections"):
        start(kept)
    assert time.monotonic() - began < 5


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 120 MB."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=120m", "tmpfs", place], check=False)
    if mounted.returncode != 0:
        pytest.skip("no right to mount a small file system")
    yield place
    assert until(lambda: is_quiet(place / "data")), "processes were left behind"
    subprocess.run(["umount", place], check=True)


def _leave_free(disk: Path, free: int) -> Path:
    filler = disk / "filler"
    # To the last byte, which the figures of the file system only approach.
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    os.truncate(filler, max(0, filler.stat().st_size - free))
    return filler


@needs_root
@pytest.mark.parametrize("free", [0, 4096, 1_000_000, 20_000_000])
def test_a_disk_too_small_for_the_first_start_is_told_plainly(small_disk: Path, free: int) -> None:
    filler = _leave_free(small_disk, free)
    with pytest.raises(DiskFull, match="Make room"):
        start(small_disk / "data")
    filler.unlink()
    with start(small_disk / "data") as server:
        assert ask(server, "SELECT 1") == 1


@needs_root
def test_a_disk_that_fills_up_loses_nothing_and_is_told_plainly(small_disk: Path) -> None:
    data = made(small_disk / "data")
    with start(data) as server:
        ask(server, "INSERT INTO kept VALUES (8)", "SELECT 1")
        filler = _leave_free(small_disk, 0)
        with pytest.raises(asyncpg.DiskFullError):
            ask(server, "CREATE TABLE large AS SELECT repeat(n::text, 500) FROM generate_series(1, 50000) n")
        filler.unlink()
    filler = _leave_free(small_disk, 0)
    with pytest.raises(DiskFull, match="nothing that was acknowledged is lost"):
        start(data)
    filler.unlink()
    with start(data) as server:
        assert ask(server, "SELECT max(n) FROM kept") == 8


def test_a_removed_directory_takes_its_server_along(kept: Path) -> None:
    with Owner(kept) as owner:
        owner.ready()
        kept.rename(kept.with_name("gone"))
        subprocess.run(["rm", "-rf", kept.with_name("gone")], check=True)
        owner.leave()
    assert until(lambda: find(owner.server_pid) is None)


def test_no_error_of_ours_is_left_without_words() -> None:
    kinds = [ServerError, *ServerError.__subclasses__()]
    assert len(kinds) > 6 and all(kind.__doc__ for kind in kinds)
    assert sys.modules[start.__module__].__doc__
