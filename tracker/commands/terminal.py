"""What the commands share: settings, the parts, two consoles, and how a mistake is told."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx
import typer
from pydantic import ValidationError
from rich.console import Console

from integrations.log_layout import OURS, LogLayout, LogRefused, read_layout
from tracker.backtest.files import NotWritten
from tracker.core.vocabulary.errors import TrackerError
from tracker.main import Parts, assembled
from tracker.settings import Settings
from tracker.store.embedded.server import ServerError
from tracker.store.ground.trouble import unavailable
from tracker.web import logs

Result = TypeVar("Result")
DataDir = Annotated[Path | None, typer.Option(help="Where the embedded database lives (TRACKER_DATA_DIR).")]
OrganisationName = Annotated[str, typer.Option("--organisation", help="The organisation's short name.")]
LogColumns = Annotated[
    Path | None,
    typer.Option(dir_okay=False, exists=True, help="A file that says what the log's columns are called (TOML)."),
]
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})


def layout(columns: Path | None) -> LogLayout:
    """How a log is laid out, by a file that says so, else in our own form. Raises LogRefused."""
    return read_layout(columns) if columns is not None else OURS


def plainly(error: Exception) -> str | None:
    """What went wrong and how to mend it, or None when it is a mistake of ours."""
    match error:
        case TrackerError():
            return f"{error.detail} {error.remedy}"
        case ServerError() | LogRefused() | NotWritten():
            return str(error)
        case ValidationError():
            faults = ((str(each["loc"][0]).upper(), each["msg"]) for each in error.errors())
            told = "; ".join(f"TRACKER_{name}: {what.removeprefix('Value error, ')}" for name, what in faults)
            return f"A setting cannot be used. {told}"
        case httpx.HTTPStatusError():
            return f"The service answered {error.response.status_code}. {_problem(error.response)}"
        case httpx.TransportError() | httpx.InvalidURL():
            return f"The service cannot be reached ({error}). Check --url, and that `tracker serve` is running."
        case OSError() if error.filename is not None:
            return f"{error.filename}: {error.strerror}."
        case OSError() if error.errno in _FULL:  # no connection fails so: it was what we print, or a file
            return (
                f"What was to be written could not be ({error.strerror}). Make room on the disk, or send it elsewhere."
            )
        case _ if unavailable(error):
            return "The database cannot be reached. Check TRACKER_DATABASE_URL, and that the server is running."
    return None


def _problem(answer: httpx.Response) -> str:
    """The detail and the remedy of a problem document, if it is one."""
    if answer.headers.get("content-type") != "application/problem+json":
        return "Check that --url leads to this service."
    problem = answer.json()
    return f"{problem.get('detail')} {problem.get('remedy')}"


def settings(data_dir: Path | None = None, **changes: Any) -> Settings:
    """The settings of the environment, with what the command line changes; logging follows them."""
    given = {name: value for name, value in {"data_dir": data_dir, **changes}.items() if value is not None}
    read = Settings(**given)
    logs.configure(read.log_level)
    return read


def with_parts(given: Settings, do: Callable[[Parts], Awaitable[Result]]) -> Result:
    """Do something with the parts of a process, and put them away."""

    async def run() -> Result:
        async with assembled(given) as parts:
            return await do(parts)

    return asyncio.run(run())


def known_zone(name: str | None) -> str | None:
    """The zone, if there is such a one; else a plain refusal."""
    try:
        return ZoneInfo(name).key if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise typer.BadParameter("use an IANA name such as Europe/London") from fault
