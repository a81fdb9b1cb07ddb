"""What came of the lives, feed by feed, as lines of the table of the soak."""

from __future__ import annotations

from tests.soak.lives.checker import Figures
from tests.soak.lives.feeds import FEEDS
from tests.soak.lives.run import through_feed
from tests.soak.table import Table

NAMES = tuple(feed.name for feed in FEEDS)
WHOLE = {"live": 920, "nightly": 960, "weekly": 1080, "week lost": 1080}
"""So many lives make 10,000 messages."""

SORTS = {
    "contradiction": "contradictions",
    "false": "false by what was known",
    "word missed": "next words missed",
    "withheld": "urgent withheld without a way",
    "waited": "longest pause exceeded",
}


async def run(table: Table, count: int | None, seed: int, only: str | None) -> None:
    """Each feed in turn."""
    for name in NAMES:
        if only in (None, name):
            with table.line(f"lives: {name}") as line:
                figures = await through_feed(name, seed, count or WHOLE[name])
                line.rounds, line.note = figures.messages, said(figures)
                for (sort, kind), examples in figures.examples.items():
                    for example in examples:
                        line.wrong.append(f"{SORTS[sort]}, {kind}: {example}")
                for words, times in figures.unread.most_common(20):
                    line.wrong.append(f"unread {times} times: {words}")
                line.failures = sum(map(figures.total, SORTS)) + sum(figures.unread.values())


def said(figures: Figures) -> str:
    """The figures in one line."""
    parts = [f"{figures.looks} looks", *(f"{words} {figures.total(sort)}" for sort, words in SORTS.items())]
    parts.append(f"unread {sum(figures.unread.values())}")
    overtaken = ", ".join(f"{kind} {times}" for kind, times in figures.overtaken.most_common())
    parts.append(f"overtaken later {figures.overtaken.total()} ({overtaken or 'none'}), put right {figures.put_right}")
    parts.append(f"words kept {figures.words_kept}, held in a silence {figures.words_in_silence}")
    parts.append(f"left to staff {figures.tasks}")
    return "; ".join(parts)
