"""What the demo says of itself, kept beside its data for the next start."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class DemoGuide:
    """What the demo says of itself, and keeps beside its data so that a second start says the same."""

    source: dict[str, Any]
    cases: list[dict[str, str]]
    desk: list[dict[str, str]]
    """The accounts: organisation, position, user and password."""
    url: str = ""
    """Where it was started last."""


def guide_file(folder: Path) -> Path:
    """Where the demo keeps what it told, beside its data."""
    return folder / "demo.json"


def recall(folder: Path) -> DemoGuide | None:
    """What an earlier start told, if there was one."""
    file = guide_file(folder)
    return DemoGuide(**json.loads(file.read_text())) if file.exists() else None


def save(folder: Path, told: DemoGuide) -> None:
    """Keep what was told for the next start. The file holds keys and passwords of the demo: for its owner alone."""
    file = guide_file(folder)
    file.touch(mode=0o600)
    file.write_text(json.dumps(asdict(told)))


def started(told: DemoGuide, url: str) -> DemoGuide:
    """The same, started at another address."""
    return replace(told, url=url)
