"""What can go wrong with the embedded server, in words that say what to do next."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class ServerError(RuntimeError):
    """The embedded PostgreSQL cannot be used. The message says why and what to do; nothing was half-done."""


class NotSupportedHere(ServerError):
    """This platform or account cannot run the server: point TRACKER_DATABASE_URL at one of your own."""


class DataDirectoryRefused(ServerError):
    """The data directory is not private to the account that asks: name another, or mend owner and mode."""


class DiskFull(ServerError):
    """The file system is out of space: make room and start again. What was acknowledged before is safe."""


class WrongVersion(ServerError):
    """The data was made by another major version of PostgreSQL: install that version, or dump and restore."""


class ServerDidNotStart(ServerError):
    """PostgreSQL ended, or was not ready in time; the message carries the end of its log."""


class ServerDidNotStop(ServerError):
    """PostgreSQL is still there after being told to stop: see its log; the next start joins it."""


@contextmanager
def in_plain_words(place: Path) -> Iterator[None]:
    """Turn the operating system's refusals while working in `place` into errors of this module."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_full(place) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ELOOP, errno.EEXIST):
            raise DataDirectoryRefused(
                f"{place} cannot be used as data directory: {error.strerror} ({error.filename}). "
                "Name a directory that this account may create and write."
            ) from error
        raise ServerError(f"the embedded server cannot be run in {place}: {error}") from error


def disk_full(place: Path) -> DiskFull:
    """The one wording for a full disk, wherever it was noticed."""
    return DiskFull(
        f"No space left on the file system that holds {place}. Make room (a few hundred megabytes) and "
        "start again; nothing that was acknowledged is lost. Delete nothing in the data directory by hand."
    )


# What PostgreSQL writes in its log, and what an operator should make of it.
_KNOWN_ENDS: tuple[tuple[str, type[ServerError], str], ...] = (
    ("database files are incompatible with server", WrongVersion, "The data was made by another version."),
    (
        "could not locate a valid checkpoint record",
        ServerDidNotStart,
        "The database files are damaged. Keep a copy of the directory, then restore the last backup.",
    ),
    (
        "pre-existing shared memory block",
        ServerDidNotStart,
        "Processes of an earlier server are still working in this directory. Wait a minute and start again.",
    ),
    (
        "Cannot allocate memory",
        ServerDidNotStart,
        "This machine has too little memory. Free some, or lower shared_buffers in cluster/postgresql.conf.",
    ),
    ("could not bind Unix address", ServerDidNotStart, "Another server holds the socket of this directory."),
    (
        "invalid value for parameter",
        ServerDidNotStart,
        "A setting in cluster/postgresql.conf is not valid. Mend the line named below.",
    ),
)


def ended(place: Path, output: str, free_bytes: int) -> ServerError:
    """The error for a PostgreSQL program that ended in `place` after writing `output`.

    A full disk often cannot hold the line that says so, hence `free_bytes`.
    """
    tail = "\n".join(output.strip().splitlines()[-15:]) or "(it wrote nothing)"
    if "No space left on device" in output or "Disk quota exceeded" in output or free_bytes < 1024 * 1024:
        return disk_full(place)
    for words, kind, meaning in _KNOWN_ENDS:
        if words in output:
            return kind(f"PostgreSQL ended in {place}. {meaning} Its last words:\n{tail}")
    return ServerDidNotStart(f"PostgreSQL ended in {place} without becoming ready. Its last words:\n{tail}")
