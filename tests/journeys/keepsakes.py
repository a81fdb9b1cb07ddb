"""What a story leaves behind to be looked at, in the folder that TRACKER_STORY_DIR names, and what a letter must be."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.journeys.post_office import Arrived, markup

LONDON = ZoneInfo("Europe/London")


def is_a_good_letter(arrived: Arrived, reference: str) -> None:
    """What mail programs, and people who read without HTML, need of a letter."""
    letter = arrived.letter
    assert letter is not None
    assert letter["To"] == arrived.to
    assert letter["From"] == "Northwick Council <permits@northwick.example>"
    assert letter["Subject"].startswith("Northwick Council: ")
    assert reference in letter["Subject"]
    assert re.fullmatch(r"<[\w-]{59}@127\.0\.0\.1>", letter["Message-ID"])
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == arrived.language
    assert re.fullmatch(r"<http://127\.0\.0\.1:\d+/stop/\S+>", letter["List-Unsubscribe"])
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.get_content_type() == "multipart/alternative"
    assert reference in arrived.said
    assert f'lang="{arrived.language}"' in markup(letter)
    assert ('dir="rtl"' in markup(letter)) == (arrived.language == "ar")


async def save(name: str, words: str) -> None:
    """Keep a page, if a folder is named for it."""
    if folder := os.environ.get("TRACKER_STORY_DIR"):
        await asyncio.to_thread((Path(folder) / name).write_text, words)


def keep(arrived: list[Arrived]) -> None:
    """Keep every letter, its HTML, all texts, and when each came."""
    if not (given := os.environ.get("TRACKER_STORY_DIR")):
        return
    folder, lines, texts = Path(given), [], []
    for place, each in enumerate(arrived):
        when = each.at.astimezone(LONDON)
        lines.append(f"{when:%a %d %b %H:%M:%S} {each.purpose:14} {each.language} {each.to:20} {each.state}")
        if each.letter is None:
            texts.append(f"{when:%a %d %b %H:%M} to {each.to} ({each.purpose})\n{each.said}\n")
            continue
        name = f"{place:02}-{each.purpose}-{each.language}"
        (folder / f"{name}.eml").write_bytes(each.letter.as_bytes())
        (folder / f"{name}.html").write_text(markup(each.letter))
        (folder / f"{name}.txt").write_text(each.said)
    (folder / "timeline.txt").write_text("\n".join(lines) + "\n")
    (folder / "texts.txt").write_text("\n".join(texts))
