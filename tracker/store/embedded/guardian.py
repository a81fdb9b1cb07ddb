"""The guardian: a small process that launches the postmaster, and stops it when nobody uses it any more.

It is what makes kill -9 harmless: however the last user ends, the kernel gives back its lock on `users`, the
guardian notices within a second and stops the server in good order. It also launches a postmaster that
crashed anew, so that running users need only reconnect. It stands in the data directory and uses relative
names, so a renamed directory stays guarded. Should the guardian itself be killed, the server runs on; the
next start posts a new guardian, and the last user to close stops the server without one.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tracker.store.embedded.cluster import clear_ground, name_of_directory
from tracker.store.embedded.errors import ServerError
from tracker.store.embedded.home import PORT, Home
from tracker.store.embedded.locks import ALONE, FileLock
from tracker.store.embedded.process import Process, find, residents, send_signal, wait_for_end
from tracker.store.embedded.system_user import Runner

_SECONDS_BETWEEN_LOOKS = 1.0
_MOST_CRASHES, _CRASHES_WITHIN_SECONDS = 5, 300.0
_UNSAFE = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")


def post(home: Home, runner: Runner, socket_dir: Path, durable: bool) -> None:
    """Start a guardian for `home`; returns when it holds its lock. The caller holds the decision lock."""
    source = Path(__file__).resolve().parents[3]
    program = "import sys; sys.path += sys.argv[1:2]; from tracker.store.embedded.guardian import main; main()"
    plan = {
        "programs": str(runner.programs),
        "uid": runner.uid,
        "gid": runner.gid,
        "socket": "socket" if socket_dir == home.cluster / "socket" else str(socket_dir),
        "durable": durable,
    }
    home.trim_log()
    home.log.touch(mode=0o600)
    with home.log.open("ab") as log:
        try:
            subprocess.run(
                # Isolated, and without site: nothing in the caller's environment or working directory is
                # imported.
                [sys.executable, "-I", "-S", "-c", program, str(source), json.dumps(plan)],
                cwd=home.path,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                check=True,
            )
        except subprocess.SubprocessError as error:
            raise ServerError(
                f"The guardian of {home.path} could not be started; the reason is in {home.log}."
            ) from error


def is_posted(home: Home) -> bool:
    """Whether a guardian is at work. The caller holds the decision lock, so none can be just starting."""
    with FileLock(home.path / "guardian") as lock:
        return not lock.take(ALONE)


def stop(home: Home, seconds: float = 60.0) -> bool:
    """Stop the server of `home` in good order: no new work, a checkpoint, the end. True if nothing is left.

    After `seconds` it is told to leave at once; the next start then recovers from the log, and nothing is
    lost.
    """
    name, owner, socket_dir = home.name(), home.owner(), home.socket_dir_in_use()
    for number, patience in ((signal.SIGINT, seconds), (signal.SIGQUIT, 10.0)):
        if postmaster := home.postmaster():
            send_signal(postmaster, number)
            wait_for_end(postmaster, patience)
    home.drop_socket_dir(socket_dir)
    return not residents(name, owner)


def main() -> None:
    """The guardian's whole life; run by `post` in a process of its own."""
    os.umask(0o077)
    lock = FileLock(Path("guardian"))
    if not lock.take(ALONE):
        return
    # The fork shares the lock; its parent's end tells `post` that the watch is kept.
    if os.fork():
        os._exit(0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # whoever stops all processes at once: we leave after the last user
    plan = json.loads(sys.argv[2])
    Guardian(Home(Path()), plan, lock).guard()


class Guardian:
    """Keeps one server running as long as somebody uses it."""

    def __init__(self, home: Home, plan: dict[str, Any], lock: FileLock) -> None:
        self.home = home
        self.plan = plan
        self.lock = lock
        self.socket_dir = home.cluster / plan["socket"]
        self.runner = Runner(Path(plan["programs"]), plan["uid"], plan["gid"])
        # Kept open, so that they mean the same locks even after the directory was renamed or removed.
        self.decision = FileLock(home.path / "lock")
        self.users = FileLock(home.path / "users")
        self.child: subprocess.Popen[bytes] | None = None

    def guard(self) -> None:
        """Launch or adopt the postmaster, and watch until it ended in good order or nobody uses it."""
        try:
            self._guard()
        finally:
            # After an error of our own the server must not stay without a guardian for ever.
            if self.child and self.child.poll() is None:
                self.child.send_signal(signal.SIGINT)
            self.home.drop_socket_dir(self.socket_dir)

    def _guard(self) -> None:
        crashes: list[float] = []
        while True:
            postmaster = self.home.postmaster() or self._launch()
            self._watch(postmaster)
            if self.child:
                self.child.wait()
            # A postmaster that was stopped, by us or by an operator, removes its file; one that was killed
            # cannot, and the file still says whether it had been ready.
            if self.home.named_postmaster() != postmaster.pid or not self.home.is_ready():
                return
            now = time.monotonic()
            crashes = [at for at in crashes if now - at < _CRASHES_WITHIN_SECONDS] + [now]
            if len(crashes) > _MOST_CRASHES:
                sys.stderr.write(f"guardian: {len(crashes)} crashes in a row, giving up\n")
                return
            clear_ground(self.home, self.socket_dir)

    def _launch(self) -> Process:
        options = ["-c", f"cluster_name={self.home.name()}", "-D", name_of_directory(self.home.cluster)]
        socket_dir = self.plan["socket"] if self.plan["socket"] == "socket" else f'"{self.plan["socket"]}"'
        options += [
            "-c",
            "listen_addresses=",
            "-c",
            f"port={PORT}",
            "-c",
            f"unix_socket_directories={socket_dir}",
        ]
        options += [
            "-c",
            "unix_socket_permissions=0700",
            "-c",
            "logging_collector=off",
            "-c",
            "log_destination=stderr",
        ]
        options += () if self.plan["durable"] else _UNSAFE
        self.child = subprocess.Popen(
            [str(self.runner.programs / "postgres"), *options],
            cwd=self.home.cluster,
            stdin=subprocess.DEVNULL,
            **self.runner.options(),
        )
        launched = find(self.child.pid)
        if launched is None:
            raise ServerError("the postmaster ended at once")
        self.home.record(launched)
        return launched

    def _watch(self, postmaster: Process) -> None:
        """Wait for the postmaster's end, and bring it about once unused."""
        looks = 0
        while not wait_for_end(postmaster, _SECONDS_BETWEEN_LOOKS):
            looks += 1
            if looks % 60 == 0:
                self.home.trim_log()
            self._stop_if_unused(postmaster)

    def _stop_if_unused(self, postmaster: Process) -> None:
        # Whoever decides just now will be a user, or stops the server: look again later.
        if not self.decision.take(ALONE):
            return
        try:
            if self.users.take(ALONE):
                send_signal(postmaster, signal.SIGINT)
                if not wait_for_end(postmaster, 60.0):
                    send_signal(postmaster, signal.SIGQUIT)
                    wait_for_end(postmaster, 10.0)
                # Before the decision lock: whoever decides next must see that we are leaving.
                self.lock.close()
        finally:
            self.decision.release()
