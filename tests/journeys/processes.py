"""Commands as processes: their output, their end, and a demo that runs beside a test."""

from __future__ import annotations

import atexit
import io
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from tracker import cli

TRACKER = [sys.executable, "-m", "tracker.cli"]
ROOT = Path(__file__).parents[2]
READY_SECONDS = 60.0


@dataclass
class Demo:
    """A demo that is running, and what it said of itself."""

    process: subprocess.Popen[str]
    told: dict[str, Any]
    seconds: float
    """How long it took to be ready."""

    @property
    def url(self) -> str:
        return str(self.told["url"])


def free_port() -> int:
    """A port on which nothing listens. It lies below those that the system gives to whoever asks for any, so that no
    other test's connection can take it before it is used."""
    while True:
        port = 15_000 + secrets.randbelow(17_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def environment(**settings: str) -> dict[str, str]:
    """Ours, but for the service's own settings."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    if mine.pop("PYTHONDONTWRITEBYTECODE", ""):
        mine["PYTHONPYCACHEPREFIX"] = _compiled()
    return {**mine, "COLUMNS": "200", **settings}


@cache
def _compiled() -> str:
    """Where the commands of this run keep what Python has compiled, when it may not lie beside the source: else each
    of them would compile everything anew, which takes longer than all else that most of them do."""
    folder = tempfile.TemporaryDirectory(prefix="tmr-compiled-")
    atexit.register(folder.cleanup)
    return folder.name


def run(*arguments: object, timeout: float = 120, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command, to its end."""
    command = [*TRACKER, *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, env=environment(**settings), capture_output=True, text=True, timeout=timeout, check=False
    )


def here(*arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command, to its end, in this process, which saves its start: for one that refuses what it was given."""
    said, complained, status = io.StringIO(), io.StringIO(), 0
    words = ["tracker", *map(str, arguments)]
    with pytest.MonkeyPatch.context() as given, redirect_stdout(said), redirect_stderr(complained):
        given.setattr(sys, "argv", words)
        for name in [each for each in os.environ if each.startswith("TRACKER_")]:
            given.delenv(name)
        for name, value in {"COLUMNS": "200", **settings}.items():
            given.setenv(name, value)
        try:
            cli.main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
    return subprocess.CompletedProcess(words, status, said.getvalue(), complained.getvalue())


@contextmanager
def demo(folder: Path, *options: str, cases: int = 8, how: signal.Signals = signal.SIGINT) -> Iterator[Demo]:
    """A running demo; asked to stop at the end, and checked to have left nothing behind."""
    port = free_port()
    command = [
        *TRACKER,
        "demo",
        "--json",
        "--port",
        str(port),
        "--cases",
        str(cases),
        "--data-dir",
        str(folder),
        *options,
    ]
    begun = time.monotonic()
    complaints = folder.with_name(f"{folder.name}.err")
    with complaints.open("w") as err:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=err, text=True)
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            taken = time.monotonic() - begun
            assert line, complaints.read_text()
            yield Demo(process, json.loads(line), taken)
            process.send_signal(how)
            assert process.wait(20) == 0
            assert process.stdout.read() == "", "one line and no more"
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
    assert "Traceback" not in complaints.read_text()
    assert "incident" not in complaints.read_text()
    assert servers_in(folder) == []


def servers_in(folder: Path) -> list[str]:
    """Processes that work in the folder: a database that was left running."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            where = (process / "cwd").readlink()
        except OSError:
            continue
        if where.is_relative_to(folder):
            found.append((process / "cmdline").read_text())
    return found


def outbox(url: str, **filters: str) -> list[str]:
    """The letters in the outbox."""
    return httpx.get(f"{url}/outbox", params=filters).text.split('<li class="letter"')[1:]


def report(told: dict[str, Any], *, status: str, at: str, id_: str) -> httpx.Response:
    """Send an event about the first case with the demo's own key."""
    source = told["source"]
    event = {
        "id": id_,
        "source": source["source"],
        "type": "case.status",
        "subject": told["cases"][0]["number"],
        "time": at,
        "data": {"service": source["service"], "status": status},
    }
    given = {"Authorization": f"Bearer {source['key']}"}
    return httpx.post(f"{told['url']}/api/v1/events", json=event, headers=given)


def assert_sentence(done: subprocess.CompletedProcess[str], *said: str, status: int = 2) -> None:
    """A plain sentence and a status, and not the insides of the program."""
    assert done.returncode == status, done.stdout + done.stderr
    told = done.stdout + done.stderr
    assert "Traceback" not in told
    for word in said:
        assert word in told, told
