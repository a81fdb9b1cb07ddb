"""The data directory: what lies in it, who may own it, where its socket is, and the postmaster found in it.

    <data directory>/   0700, of the account that asks
      lock              held while somebody decides about starting or stopping
      users             held shared by every process that uses the server, for as long as it does
      guardian          held by the guardian of the running server
      postmaster.json   number and start time of the postmaster, written by whoever launched it
      server.log        what PostgreSQL says; one older part is kept as server.log.1
      cluster/          PostgreSQL's own directory, 0700, of the account it runs under
        socket/         0700, the socket

Every name inside is reached from the data directory, and the cluster is called after its inode, so the
directory can be renamed, even under a running server.
"""

import contextlib
import hashlib
import json
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tracker.store.embedded.errors import DataDirectoryRefused
from tracker.store.embedded.process import Process, find

PORT = 5432
# sun_path holds 104 bytes on macOS and 108 on Linux, with the zero at the end.
_LONGEST_SOCKET = 103
SOCKET_NAME = f".s.PGSQL.{PORT}"
_LOG_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Home:
    """A data directory; `path` is absolute, or `.` in the guardian, which stands in it."""

    path: Path

    @property
    def cluster(self) -> Path:
        """Where PostgreSQL keeps its data."""
        return self.path / "cluster"

    @property
    def log(self) -> Path:
        """What PostgreSQL and the guardian say."""
        return self.path / "server.log"

    @property
    def postmaster_file(self) -> Path:
        """PostgreSQL's own file about its postmaster, which proves nothing by itself."""
        return self.cluster / "postmaster.pid"

    def name(self) -> str:
        """What the processes of this cluster carry in their command lines; a copy of it has another name."""
        found = self.cluster.stat()
        return f"tracker-{found.st_dev:x}-{found.st_ino:x}"

    def owner(self) -> int:
        """The account that the server runs under."""
        return self.cluster.stat().st_uid

    def postmaster(self) -> Process | None:
        """The postmaster at work here, verified; None if the file names nobody, or somebody else."""
        named = self.named_postmaster()
        found = find(named) if named else None
        if found is None or found.owner != self.owner() or not found.leads(self.name()):
            return None
        recorded = self._recorded()
        if recorded and recorded[0] == found.pid and recorded[1] != found.started:
            return None
        return found

    def named_postmaster(self) -> int:
        """The number in PostgreSQL's own file, which proves nothing; 0 if there is none."""
        lines = self._postmaster_lines()
        return int(lines[0]) if lines and lines[0].strip().isdigit() else 0

    def record(self, process: Process) -> None:
        """Write down who the postmaster is, so that a later bearer of its number is told from it.

        On a full disk there is no record of it, and owner and command line alone decide.
        """
        record, fresh = self.path / "postmaster.json", self.path / "postmaster.json.new"
        try:
            fresh.write_text(json.dumps([process.pid, process.started]))
            fresh.replace(record)
        except OSError:
            if (old := self._recorded()) and old[0] == process.pid:
                record.unlink()

    def is_ready(self) -> bool:
        """Whether the postmaster says that it takes connections."""
        lines = self._postmaster_lines()
        return len(lines) > 7 and lines[7].strip() == "ready"

    def socket_dir_in_use(self) -> Path:
        """The socket directory of the running server, as the server itself has it."""
        lines = self._postmaster_lines()
        return self.cluster / (lines[4].strip() if len(lines) > 4 else "socket")

    def new_socket_dir(self) -> Path:
        """The socket directory for the next server: beside its data, or one where names are short."""
        near = self.cluster / "socket"
        # A comma separates hosts in a URL, a double quote ends a name in a setting.
        if len(os.fsencode(near / SOCKET_NAME)) <= _LONGEST_SOCKET and "," not in str(near):
            return near
        mark = hashlib.sha256(os.fsencode(self.path) + self.name().encode()).hexdigest()[:16]
        for place in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 (the directory in it is verified)
            far = Path(place, f"tracker-{mark}")
            if len(os.fsencode(far / SOCKET_NAME)) <= _LONGEST_SOCKET and not set(place) & set(',"'):
                return far
        raise DataDirectoryRefused(f"{self.path} is too long a name for a socket. Choose a shorter one.")

    def drop_socket_dir(self, socket_dir: Path) -> None:
        """Remove a socket directory that is not beside the data; one that is in use is not empty, and stays."""
        if socket_dir.parent != self.cluster:
            with contextlib.suppress(OSError):
                socket_dir.rmdir()

    def log_since(self, offset: int) -> str:
        """What the server wrote after the first `offset` bytes of its log."""
        with contextlib.suppress(FileNotFoundError), self.log.open("rb") as log:
            log.seek(offset)
            return log.read().decode(errors="replace")
        return ""

    def trim_log(self) -> None:
        """Past 8 MB the log becomes the older part. Its writers append, so emptying it is safe."""
        with contextlib.suppress(OSError):
            if self.log.stat().st_size > _LOG_BYTES:
                shutil.copyfile(self.log, self.path / "server.log.1")
                os.truncate(self.log, 0)

    def _postmaster_lines(self) -> list[str]:
        try:
            # The server's account owns this file: follow no link it might have been replaced by.
            descriptor = os.open(self.postmaster_file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return []
        with os.fdopen(descriptor, "rb") as file:
            return file.read(4096).decode(errors="replace").splitlines()

    def _recorded(self) -> tuple[int, str] | None:
        try:
            pid, started = json.loads((self.path / "postmaster.json").read_text())
        except (OSError, ValueError, TypeError):
            return None
        return int(pid), str(started)


def claim(data_dir: Path) -> Home:
    """The home in `data_dir`, created 0700 with its missing parents; refused unless it is the caller's."""
    path = data_dir.resolve()
    for directory in reversed((path, *path.parents)):
        with contextlib.suppress(FileExistsError):
            if not directory.exists():
                directory.mkdir(mode=0o700)  # mkdir's own `parents` would leave the mode of those to the umask
    require_private(path, os.geteuid())
    return Home(path)


def require_private(path: Path, owner: int) -> None:
    """Refuse `path` unless it is a directory, no link, of `owner` alone."""
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise DataDirectoryRefused(f"{path} is not a directory. Remove it or name another place.")
    if found.st_uid != owner:
        raise DataDirectoryRefused(
            f"{path} belongs to the account number {found.st_uid}, and only number {owner} may use it here. "
            f"Run as its owner, give it away (chown -R {owner} {path}), or name another directory."
        )
    if found.st_mode & 0o077:
        raise DataDirectoryRefused(
            f"{path} is open to other accounts (mode {stat.S_IMODE(found.st_mode):04o}). It would hold "
            f"personal data: close it (chmod 700 {path}), or name another directory."
        )
