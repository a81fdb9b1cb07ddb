"""The kinds of value that stand in an event, each with its bounds; what passes is safe to store and to show.

Every string is NFC-normalised. Identifiers are compared, so whatever cannot be seen in them is refused. Names
and notes are read by people, so what would only disturb the eye is taken out of them: direction overrides and
isolates, zero-width characters, soft hyphens. The joiners U+200C and U+200D stay between two letters of the
scripts that spell with them (Persian, Hindi, Sinhala and so on) and nowhere else.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, PlainValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
    "|(?<![\u0600-\u1fff])[\u200c\u200d]|[\u200c\u200d](?![\u0600-\u1fff])"
)
_LINE_BREAKS = re.compile("\r\n?|[\u2028\u2029]")
_ENDS_A_LINE = re.compile("[\t\n\r\u2028\u2029]")
_HOUR = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_MOMENT = rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[Tt]{_HOUR}:[0-5][0-9](\.[0-9]{{1,9}})?"
_OFFSET = rf"[Zz]|[+-]{_HOUR}"
_RFC3339 = re.compile(rf"(?P<moment>{_MOMENT})(?P<offset>{_OFFSET})?")
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_LANGUAGE = re.compile(r"(?=.{2,35}\Z)[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_PLANNED_YEARS = range(1900, 2200)
"""A planned date outside is a blank of an old system (9999-12-31), and nobody should read it as a promise."""

TIME_REMEDY = (
    "Send the time with its offset, for example 2026-03-02T10:15:00+01:00 or 2026-03-02T09:15:00Z. "
    "A time without an offset is read only from a source whose time zone was declared."
)
DATE_REMEDY = "Send a date as 2026-03-02, or leave the field out when there is none."


def refused(words: str, remedy: str) -> PydanticCustomError:
    """A fault in our own words, which `wire` turns into a MalformedEvent. Neither text may repeat a value."""
    return PydanticCustomError("refused", "{words}", {"words": words, "remedy": remedy})


@dataclass(frozen=True, slots=True)
class _Identifier:
    """NFC; printable; no space at the ends; at most `most` characters also after normalisation."""

    most: int

    def __call__(self, value: str) -> str:
        value = unicodedata.normalize("NFC", value)
        if not value.isprintable() or value != value.strip():
            raise refused(
                "holds a character that cannot be seen, or a space at an end",
                "Send the identifier exactly as people write it, without padding.",
            )
        return _bounded(value, self.most)


@dataclass(frozen=True, slots=True)
class _Text:
    """NFC; trimmed; nothing invisible. Line breaks become newlines in `lines`, else are refused."""

    most: int
    lines: bool = False

    def __call__(self, value: str) -> str:
        if not self.lines and _ENDS_A_LINE.search(value):
            raise refused("holds a line break or a tab", "Send this text in one line.")
        value = _INVISIBLE.sub("", _LINE_BREAKS.sub("\n", value))
        value = unicodedata.normalize("NFC", value).strip()
        if not value:
            raise refused("holds nothing that can be read", "Leave the field out when there is no text.")
        return _bounded(value, self.most)


def _bounded(value: str, most: int) -> str:
    if len(value) > most:
        raise refused(f"is longer than {most} characters", "Shorten the text.")
    return value


def line(value: str) -> str:
    """A name or the like, in one line that can be read. Raises the fault."""
    return _Text(200)(value)


def language(value: str) -> str:
    """A language tag in the form of BCP 47, also where it was written with an underscore. Raises the fault."""
    tag = value.strip().replace("_", "-")
    if not _LANGUAGE.fullmatch(tag):
        raise refused("is no language tag", "Send a tag of BCP 47, such as en, cy or zh-Hant.")
    return tag


def known_fact(value: str) -> str:
    """What opens the page, in one line. Raises the fault."""
    value = _Text(200)(value)
    if not any(character.isalnum() for character in value):
        raise refused("holds no letter and no digit", "Send the fact as the person writes it, or leave it out.")
    return value


def _instant(value: object, info: ValidationInfo) -> datetime:
    """RFC 3339 to aware UTC, to the microsecond. The context's `zone` (ZoneInfo or None) reads local times.

    Of an hour that comes twice in autumn the first is taken (see `second_reading`); a time that does not exist in
    spring moves forward by the length of the gap (01:30 in London is read as 02:30 summer time). A leap second (:60) is
    refused: no calendar of ours can store it.
    """
    found = _RFC3339.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise refused("is no time as in RFC 3339", TIME_REMEDY)
    # RFC 3339 allows any number of decimals, the database keeps six.
    moment, offset = found["moment"].upper()[:26], (found["offset"] or "").upper()
    zone: ZoneInfo | None = info.context["zone"] if info.context else None
    if not offset and zone is None:
        raise refused("has no offset, and this source declares no time zone", TIME_REMEDY)
    try:
        if offset:
            return datetime.fromisoformat(moment + offset).astimezone(UTC)
        return datetime.fromisoformat(moment).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        # ValueError: no such day or hour. OverflowError: the offset leads out of the years 1 to 9999.
        raise refused("is no time of the calendar", TIME_REMEDY) from None


def second_reading(value: object, zone: ZoneInfo | None) -> datetime | None:
    """Of a local time that clocks show twice the second instant that it may mean, aware UTC; None for any other."""
    found = _RFC3339.fullmatch(value) if isinstance(value, str) else None
    if found is None or found["offset"] or zone is None:
        return None
    local = datetime.fromisoformat(found["moment"].upper()[:26]).replace(tzinfo=zone)
    first, second = (local.replace(fold=each).astimezone(UTC) for each in (0, 1))
    return second if second > first else None  # where clocks go forward, the second lies before the first


def _planned_instant(value: object, info: ValidationInfo) -> datetime:
    instant = _instant(value, info)
    if instant.year not in _PLANNED_YEARS:
        raise refused("lies outside the years 1900 to 2199", "Leave the field out when there is no such time.")
    return instant


def _day(value: object) -> date:
    if not isinstance(value, str) or not re.fullmatch(_DATE, value):
        raise refused("is no date", DATE_REMEDY)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise refused("is no day of the calendar", DATE_REMEDY) from None


def _planned_day(value: object) -> date:
    day = _day(value)
    if day.year not in _PLANNED_YEARS:
        raise refused("lies outside the years 1900 to 2199", DATE_REMEDY)
    return day


def _sequence(value: object) -> int:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,19}", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise refused("is no sequence number", "Send a whole number from 0, or a string of at most 19 digits.")
    return value


def zone(value: str) -> str:
    """The IANA name of a time zone. Raises the fault."""
    try:
        return ZoneInfo(value.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refused("is no time zone", "Send an IANA name such as Europe/Madrid, or leave it out.") from None


Identifier = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_Identifier(200))]
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_Text(200))]
Sentence = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_Text(500, lines=True))]
Note = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_Text(4000, lines=True))]
Unread = Annotated[str, Field(max_length=1000)]
"""What people typed or old systems hold of a party: `parties` reads it, and what cannot be read is set aside."""

_INSTANT_SCHEMA = WithJsonSchema(
    {
        "type": "string",
        "pattern": rf"^{_MOMENT}({_OFFSET})?$",
        "description": "RFC 3339. Only a source with a declared time zone may leave the offset out.",
    }
)
_DAY_SCHEMA = WithJsonSchema({"type": "string", "format": "date", "pattern": f"^{_DATE}$"})
Instant = Annotated[datetime, PlainValidator(_instant), _INSTANT_SCHEMA]
PlannedInstant = Annotated[datetime, PlainValidator(_planned_instant), _INSTANT_SCHEMA]
Day = Annotated[date, PlainValidator(_day), _DAY_SCHEMA]
PlannedDay = Annotated[date, PlainValidator(_planned_day), _DAY_SCHEMA]
Sequence = Annotated[
    int,
    PlainValidator(_sequence),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
                {"type": "string", "pattern": "^[0-9]{1,19}$"},
            ]
        }
    ),
]
