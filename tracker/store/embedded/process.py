"""Processes of the operating system, recognised by more than a number.

A process number alone proves nothing: the number in a file may by now belong to anybody. A process counts as
ours when its owner, its command line and its start time say so. On Linux these are read from /proc, elsewhere
from `ps`; both are readable without the right to trace other processes, which root in a container lacks.
"""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """One process as the kernel describes it; `started` differs between any two bearers of one pid."""

    pid: int
    owner: int
    started: str
    command: tuple[str, ...]

    def serves(self, name: str) -> bool:
        """Whether this is the postmaster, or a process of it, of the cluster called `name`."""
        first = self.command[0] if self.command else ""
        return first.startswith(f"postgres: {name}:") or self.leads(name)

    def leads(self, name: str) -> bool:
        """Whether the command line is the one we give the postmaster of the cluster called `name`."""
        return Path(self.command[0]).name == "postgres" and self.command[1:3] == (
            "-c",
            f"cluster_name={name}",
        )


def find(pid: int) -> Process | None:
    """The living process with this number; None if there is none or only its unreaped remains."""
    return _find_in_proc(pid) if sys.platform == "linux" else next(_ask_ps("-p", str(pid)), None)


def exists(pid: int) -> bool:
    """Whether the number is taken, if only by a process that may not be seen, or by unreaped remains."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def everyone() -> Iterator[Process]:
    """All living processes that may be seen."""
    if sys.platform != "linux":
        yield from _ask_ps("-ax")
        return
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (process := _find_in_proc(int(entry.name))):
            yield process


def residents(name: str, owner: int) -> list[Process]:
    """The server processes of the cluster called `name` that run under the account `owner`."""
    return [process for process in everyone() if process.owner == owner and process.serves(name)]


def alive(process: Process) -> bool:
    """Whether this very process, and not a later bearer of its number, still runs."""
    found = find(process.pid)
    return found is not None and found.started == process.started


def wait_for_end(process: Process, seconds: float) -> bool:
    """Wait until this very process has ended; False if it is still there after `seconds`."""
    until = time.monotonic() + seconds
    while alive(process):
        left = until - time.monotonic()
        if left <= 0:
            return False
        if handle := _handle(process):
            try:
                poll = select.poll()
                poll.register(handle, select.POLLIN)
                poll.poll(left * 1000)
            finally:
                os.close(handle)
        else:
            time.sleep(min(left, 0.05))  # no way to be woken by the end of a process that is not a child
    return True


def send_signal(process: Process, number: signal.Signals) -> None:
    """Send a signal to this very process; nobody else gets it even if the number changes hands meanwhile."""
    handle = _handle(process)
    try:
        if not alive(process):
            return
        if handle is not None:
            signal.pidfd_send_signal(handle, number)
        else:
            os.kill(process.pid, number)
    except ProcessLookupError:
        return
    finally:
        if handle is not None:
            os.close(handle)


def _handle(process: Process) -> int | None:
    """A descriptor that stands for the process behind the number now; None where the system has none."""
    try:
        return os.pidfd_open(process.pid)
    except (AttributeError, OSError):
        return None


def _find_in_proc(pid: int) -> Process | None:
    here = Path("/proc", str(pid))
    try:
        # The name in brackets may itself hold brackets and spaces: what counts comes after the last one.
        fields = (here / "stat").read_text(errors="replace").rpartition(")")[2].split()
        line = (here / "cmdline").read_bytes()
        owner = here.stat().st_uid
    except (OSError, ValueError):
        return None
    if fields[0] in "ZX":
        return None
    return Process(pid, owner, fields[19], tuple(os.fsdecode(part) for part in line.split(b"\0")))


def _ask_ps(*who: str) -> Iterator[Process]:
    asked = ["ps", *who, "-o", "pid=,uid=,state=,lstart=,command="]
    answer = subprocess.run(asked, capture_output=True, text=True, errors="replace", env={"LC_ALL": "C"}, check=False)
    for line in answer.stdout.splitlines():
        parts = line.split(maxsplit=8)  # lstart is five words
        if len(parts) < 9 or parts[2].startswith("Z"):
            continue
        program, found, rest = parts[8].partition("/postgres -c ")
        command = (program + "/postgres", "-c", *rest.split()) if found else (parts[8],)
        yield Process(int(parts[0]), int(parts[1]), " ".join(parts[3:8]), command)
