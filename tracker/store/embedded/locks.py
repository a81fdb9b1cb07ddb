"""File locks that the kernel gives back however a process ends."""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

SHARED, ALONE = fcntl.LOCK_SH, fcntl.LOCK_EX


class FileLock:
    """flock(2) on a file of its own, created 0600. One object is one holder, also among threads."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)

    def take(self, mode: int) -> bool:
        """Take the lock if it is free for `mode`; never waits."""
        try:
            fcntl.flock(self.descriptor, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def wait(self, mode: int, seconds: float) -> bool:
        """Take the lock within `seconds`; False if somebody else held it all that time."""
        until = time.monotonic() + seconds
        while not self.take(mode):
            if time.monotonic() > until:
                return False
            time.sleep(0.02)  # flock has no time-out of its own, and an alarm signal belongs to the application
        return True

    def release(self) -> None:
        """Let go, and stay ready to take the lock again."""
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go for good; harmless when repeated. A child that inherited the descriptor holds on to it."""
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
