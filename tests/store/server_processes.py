"""Processes that use the embedded server, and what is needed to attack and to look at them."""

import asyncio
import atexit
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import asyncpg

from tracker.store.embedded.guardian import is_posted
from tracker.store.embedded.home import Home
from tracker.store.embedded.process import residents
from tracker.store.embedded.server import EmbeddedServer, start

PROJECT = Path(__file__).resolve().parents[2]
_USE = """
import os, signal, sys
from pathlib import Path
from tracker.store.embedded.server import ServerError, start
signal.signal(signal.SIGINT, lambda *_: os.write(1, b"interrupted\\n"))
try:
    server = start(Path(sys.argv[1]), unsafe_without_fsync=sys.argv[2] == "unsafe")
except ServerError as error:
    print(type(error).__name__, error, flush=True)
    sys.exit(3)
print(server.pid, server.socket_dir, flush=True)
sys.stdin.readline()
server.close()
print("closed", flush=True)
"""


def made(data: Path) -> Path:
    """Put a stopped data directory with one row in `kept` there: a copy, which is quicker than making one."""
    subprocess.run(["cp", "-a", _original(), data], check=True)
    return data


@functools.cache
def _original() -> Path:
    place = Path(tempfile.mkdtemp(prefix="tracker-test-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    with start(place / "data", unsafe_without_fsync=True) as server:
        ask(server, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)", "SELECT 1")
    return place / "data"


class Owner:
    """A process of its own that starts the server in `data` and uses it until told to leave, or killed."""

    def __init__(
        self,
        data: Path,
        *,
        python: str = sys.executable,
        paths: str = str(PROJECT),
        safe: bool = False,
        **how: Any,
    ) -> None:
        self.process = subprocess.Popen(
            [python, "-c", _USE, str(data), "safe" if safe else "unsafe"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            env={"PYTHONPATH": paths, "PATH": os.environ["PATH"]},
            **how,
        )
        self.server_pid = 0
        self.said = ""

    def ready(self) -> Self:
        """Wait for the server; `server_pid` is its number, or 0 with the reason in `said`."""
        self.said = self.hear()
        number, _, self.socket_dir = self.said.partition(" ")
        self.server_pid = int(number) if number.isdigit() else 0
        return self

    def hear(self) -> str:
        assert self.process.stdout
        return str(self.process.stdout.readline()).strip()

    def leave(self) -> None:
        """Close in good order, and wait for it."""
        assert self.process.stdin
        if self.process.poll() is None:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
            assert self.hear() == "closed"
        self.process.wait(30)

    def kill(self) -> None:
        """End at once, as by kill -9."""
        self.process.kill()
        self.process.wait(30)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()


def ask(server: EmbeddedServer | str, *statements: str, database: str = "tracker", user: str = "tracker") -> Any:
    """Run statements one by one in a fresh connection; the first value of the last one's answer."""

    async def run() -> Any:
        host = server if isinstance(server, str) else str(server.socket_dir)
        connection = await asyncpg.connect(host=host, port=5432, user=user, database=database, timeout=10)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return await connection.fetchval(statements[-1])
        finally:
            await connection.close()

    return asyncio.run(run())


def until(holds: Callable[[], bool], seconds: float = 15.0) -> bool:
    """Wait until something holds; False if it still does not after `seconds`."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)  # the processes looked at are not children of this one
    return True


def is_quiet(data: Path) -> bool:
    """Whether neither a guardian nor a server process is at work in `data`."""
    home = Home(data)
    if not data.exists():
        return True
    return not is_posted(home) and not (home.cluster.exists() and residents(home.name(), home.owner()))


def parent_of(pid: int) -> int:
    """The number of the process that launched this one."""
    return int(Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[1])


def kill(*pids: int) -> None:
    """kill -9, in this order."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
