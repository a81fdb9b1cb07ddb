"""The picture of a backtest: whether promises come true as often as they say, and how that went over the months.

Written by hand as SVG, readable without colours, with its numbers as a text beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tracker.backtest.report import BacktestReport
from tracker.core.promises.punctuality import Record

WIDTH, HEIGHT = 960, 480
INK, FAINT, OURS, WISH = "#1a1a1a", "#d0d0d0", "#0b5394", "#b45f06"
FEWEST = 10
"""A month with fewer judged dates is left out of the picture: its interval would fill it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A panel: where it lies, and the lowest share that it shows; the highest is 1."""

    left: float
    top: float
    width: float
    height: float
    lowest: float

    def x(self, part: float) -> float:
        """From 0, on the left, to 1."""
        return self.left + part * self.width

    def y(self, share: float) -> float:
        """The height of a share."""
        return self.top + self.height * (1 - (share - self.lowest) / (1 - self.lowest))


def svg(found: BacktestReport, name: str) -> str:
    """The picture, as a file's text."""
    months = [(month, record) for month, record in found.months if record.total >= FEWEST]
    name = "".join(each for each in name if each.isprintable())
    title = f"Dates of {name}: asked for {_percent(found.plan.probability)}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'aria-labelledby="title desc" font-family="sans-serif" font-size="13" fill="{INK}">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(_in_words(found, months))}</desc>',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            _text(24, 32, title, size=18, weight="bold"),
            *_calibration(found.calibration),
            *_over_time(months, found.plan.probability),
            "</svg>",
            "",
        ]
    )


def _in_words(found: BacktestReport, months: Sequence[tuple[str, Record]]) -> str:
    tried = "; ".join(f"asked for {_percent(asked)}, {_said(record)}" for asked, record in found.calibration)
    by_month = "; ".join(f"{month}, {_said(record)}" for month, record in months)
    return f"Share of dates kept by probability: {tried}. By month of reception: {by_month or 'too few dates'}."


def _said(record: Record) -> str:
    if record.share is None:
        return "nothing to judge"
    interval = record.interval
    return f"kept {_percent(record.share)} ({_percent(interval.low)} to {_percent(interval.high)}) of {record.total}"


def _calibration(tried: Sequence[tuple[float, Record]]) -> Iterator[str]:
    lows = [min(asked, record.interval.low) for asked, record in tried if record.total]
    frame = Frame(72, 90, 300, 300, _lowest(lows))
    yield from _grid(frame, "Does a date come true as often as it says?", "share kept")
    for share in _steps(frame.lowest):
        at = frame.x((share - frame.lowest) / (1 - frame.lowest))
        yield _text(at, frame.top + frame.height + 18, _percent(share), anchor="middle")
    yield _text(frame.x(0.5), frame.top + frame.height + 40, "probability asked for", anchor="middle")
    yield _line(frame.x(0), frame.y(frame.lowest), frame.x(1), frame.y(1), WISH, dash=True)
    for asked, record in tried:
        if record.share is not None:
            yield from _dot(frame, (asked - frame.lowest) / (1 - frame.lowest), record, 4)


def _over_time(months: Sequence[tuple[str, Record]], asked: float) -> Iterator[str]:
    frame = Frame(452, 90, 476, 300, _lowest([record.interval.low for _, record in months]))
    yield from _grid(frame, "Share kept by month of reception, with 95 % intervals", "share kept")
    yield _line(frame.x(0), frame.y(asked), frame.x(1), frame.y(asked), WISH, dash=True)
    yield _text(frame.x(0.5), frame.top + frame.height + 40, "month in which the case was received", anchor="middle")
    every = max(1, -(-len(months) // 6))
    for place, (month, record) in enumerate(months):
        part = (place + 0.5) / len(months)
        yield from _dot(frame, part, record, 2.5)
        if place % every == 0:
            yield _text(frame.x(part), frame.top + frame.height + 18, month, anchor="middle")
    if not months:
        yield _text(frame.x(0.5), frame.y(0.5 + frame.lowest / 2), "Too few dates to judge", anchor="middle")
    legend = frame.top + frame.height + 66
    yield _line(72, legend - 4, 100, legend - 4, WISH, dash=True)
    yield _text(108, legend, "what was asked for; dots are the share kept, lines their 95 % interval")


def _grid(frame: Frame, title: str, axis: str) -> Iterator[str]:
    yield _text(frame.left, frame.top - 18, title, size=14, weight="bold")
    for share in _steps(frame.lowest):
        yield _line(frame.x(0), frame.y(share), frame.x(1), frame.y(share), FAINT)
        yield _text(frame.left - 8, frame.y(share) + 4, _percent(share), anchor="end")
    middle = frame.top + frame.height / 2
    yield (
        f'<text x="{frame.left - 52:g}" y="{middle:g}" text-anchor="middle" '
        f'transform="rotate(-90 {frame.left - 52:g} {middle:g})">{axis}</text>'
    )


def _dot(frame: Frame, part: float, record: Record, radius: float) -> Iterator[str]:
    at, interval = frame.x(part), record.interval
    yield _line(at, frame.y(interval.low), at, frame.y(interval.high), OURS)
    yield f'<circle cx="{at:.1f}" cy="{frame.y(record.share or 0):.1f}" r="{radius:g}" fill="{OURS}"/>'


def _lowest(lows: Sequence[float]) -> float:
    return max(0, min(4, int(10 * min(lows, default=0.4)))) / 10


def _steps(lowest: float) -> list[float]:
    return [tenth / 10 for tenth in range(round(10 * lowest), 11) if lowest >= 0.4 or tenth % 2 == 0]


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, *, dash: bool = False) -> str:
    dashes = ' stroke-dasharray="6 4" stroke-width="2"' if dash else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{dashes}/>'


def _text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 13, weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}">'
        f"{escape(words)}</text>"
    )
