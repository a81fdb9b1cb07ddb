"""Reads one table of a definition, key by key; notes every fault it meets and goes on with a stand-in.

A stand-in (nothing, the default) lets the rest be read, so that one reading finds all that is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, time

from tracker.core.services.definitions import Words
from tracker.core.services.faults import MOST_FAULTS, Fault, below, listed, nearest, shown
from tracker.core.services.texts import Flaw, flaw, tidy, unfit_code

_TOP = ("service", "languages", "sensitive", "domains")
_ASTRAY = "this key stands below the start of a table"
_TOP_REMEDY = "Write {} at the top of the file, above the first line in [brackets]."


class TomlTable:
    """A table at `path`, whose words have to be there in all `languages`. Ask for each key, then `finish`."""

    def __init__(
        self, content: Mapping[str, object], path: str, faults: list[Fault], languages: tuple[str, ...] = ()
    ) -> None:
        self.content = content
        self.path = path
        self.languages = languages
        self._faults = faults
        self._asked: list[str] = []

    def fault(self, key: str, problem: str, remedy: str) -> None:
        """Note a fault at this key; an empty key means the table itself."""
        self._note(below(self.path, key) if key else self.path, problem, remedy)

    def fault_at(self, key: str, place: int, problem: str, remedy: str) -> None:
        """Note a fault at one item of the list under this key, counted from 0."""
        self._note(f"{below(self.path, key)}[{place}]", problem, remedy)

    def finish(self, elsewhere: Mapping[str, str] | None = None) -> None:
        """Every key that nobody asked for is a fault. `elsewhere` says where a key of that name belongs."""
        for key in [key for key in self.content if key not in self._asked][:MOST_FAULTS]:
            if len(self._faults) >= MOST_FAULTS:
                return
            remedy = (elsewhere or {}).get(key)
            if key in _TOP:
                self.fault(key, _ASTRAY, _TOP_REMEDY.format(key))
                continue
            if remedy is None:
                meant = nearest(key, self._asked)
                remedy = f"Did you mean {meant}? " if meant else ""
                remedy += f"Take it out, or use one of: {', '.join(self._asked)}."
            self.fault(key, "this key is not known here", remedy)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self._value(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self._wrong(key, value, "true or false", f"Write {key} = true or {key} = false, without quotes.")
        return default

    def whole(self, key: str, low: int, high: int, required: bool = False) -> int | None:
        """A whole number from low to high, or None."""
        value = self._value(key, f"Add {key} = a whole number." if required else None)
        if value is None:
            return None
        remedy = f"Write {key} = a whole number from {low} to {high}, without quotes."
        if isinstance(value, bool) or not isinstance(value, int):
            self._wrong(key, value, "a whole number", remedy)
            return None
        if low <= value <= high:
            return value
        self.fault(key, f"the number is not between {low} and {high}", remedy)
        return None

    def number(self, key: str, low: float, high: float, default: float) -> float:
        """A number from low to high."""
        value = self._value(key)
        if value is None:
            return default
        remedy = f"Write {key} = a number from {low} to {high}, for example {default}."
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._wrong(key, value, "a number", remedy)
        elif not low <= value <= high:
            self.fault(key, f"the number is not between {low} and {high}", remedy)
        else:
            return float(value)
        return default

    def code(self, key: str, form: re.Pattern[str], rule: str, required: bool = True) -> str:
        """A code; `rule` says in words how it is written. Kept even when its form is bad; empty where it is missing."""
        value = self._value(key, f"Add {key} = a code: {rule}." if required else None)
        if value is None:
            return ""
        if not isinstance(value, str):
            self._wrong(key, value, "a text in quotes", f'Write {key} = "...": {rule}.')
            return ""
        if form.fullmatch(value) is None:
            self.fault(key, f'"{shown(value)}" is not a code of the right form', f"Write {rule}.")
        return value

    def choice(self, key: str, options: Iterable[str], default: str = "", required: bool = False) -> str:
        """One of the options, or the default."""
        known = [str(option) for option in options]
        value = self._value(key, f"Add {key} = one of: {listed(known)}." if required else None)
        if value is None:
            return default
        if not isinstance(value, str):
            self._wrong(key, value, "a text in quotes", f"Write {key} = one of: {listed(known)}.")
            return default
        return value if self._known(below(self.path, key), value, known) else default

    def choices(self, key: str, options: Iterable[str]) -> tuple[str, ...] | None:
        """At least one of the options, none of them twice; None when the key is not there or all is wrong."""
        if key not in self.content:
            self._value(key)
            return None
        known = [str(option) for option in options]
        given = self.names(key, 1, len(known), f"Write {key} = a list of: {listed(known)}.")
        path = below(self.path, key)
        right = [one for at, one in enumerate(given) if one and self._known(f"{path}[{at}]", one, known)]
        return tuple(right) or None

    def names(self, key: str, least: int, most: int, remedy: str) -> tuple[str, ...]:
        """A list of texts, none twice; required when `least` is not 0. A stand-in is empty."""
        value = self._value(key, remedy if least else None)
        if value is None:
            return ()
        if not isinstance(value, list):
            self._wrong(key, value, "a list of texts", remedy)
            return ()
        if not least <= len(value) <= most:
            self.fault(key, f"the list has {len(value)} items; it must have {least} to {most}", remedy)
        found: list[str] = []
        for place, one in enumerate(value[:most]):
            bad: Flaw | None = None
            if not isinstance(one, str):
                bad = f"this is {_kind(one)}, not a text in quotes", remedy
            elif one in found:
                bad = f'"{shown(one)}" stands in the list twice', "Take one of them out."
            else:
                bad = unfit_code(one)
            if bad is not None:
                self.fault_at(key, place, *bad)
            found.append(one if isinstance(one, str) and one not in found else "")
        return tuple(found)

    def words(self, key: str, kind: str | None = None, required: bool = True) -> Words:
        """Words in every language of the definition, within the limits of `kind` (by default the key)."""
        sample = "{ " + ", ".join(f'{language} = "..."' for language in self.languages or ("en",)) + " }"
        remedy = f"Write {key} = {sample}."
        if not self.path:  # at the end of a file, `help = ...` would belong to the last table
            lines = ", ".join(f'{language} = "..."' for language in self.languages or ("en",))
            remedy = f"Write [{key}] on a line of its own, and below it one line for each language: {lines}."
        value = self._value(key, remedy if required else None)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self._wrong(key, value, "a table of words, one for each language", remedy)
            return {}
        table = TomlTable(value, below(self.path, key), self._faults, self.languages)
        return table._texts(kind or key)

    def words_and_tables(self, key: str, kind: str, names: tuple[str, ...]) -> tuple[Words, tuple[Words, ...]]:
        """Words under this key, and those of the tables of these names that may stand beside the languages there."""
        value = self.content.get(key)
        if not isinstance(value, dict):
            return self.words(key, kind), tuple({} for _ in names)
        plain = {name: each for name, each in value.items() if name not in names}
        what = TomlTable({key: plain}, self.path, self._faults, self.languages).words(key, kind)
        self._asked.append(key)
        table = TomlTable(value, below(self.path, key), self._faults, self.languages)
        return what, tuple(table.words(name, required=False) for name in names)

    def table(self, key: str, remedy: str | None = None) -> TomlTable | None:
        """The table under this key, which must be there when there is a remedy for its want."""
        value = self._value(key, remedy)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._wrong(key, value, "a table", f"Write [{key}] on a line of its own and its keys below it.")
            return None
        return TomlTable(value, below(self.path, key), self._faults, self.languages)

    def tables(self, key: str, most: int, remedy: str) -> list[TomlTable]:
        """The tables of a list of tables, such as [[stages]]; at least one, at most `most`."""
        value = self._value(key, remedy)
        if value is None:
            return []
        if not isinstance(value, list) or not value:
            self._wrong(key, value, "a list of tables", remedy)
            return []
        if len(value) > most:
            problem = f"there are {len(value)}; at most {most} can be read"
            self.fault(key, problem, "Join those that mean the same.")
        found: list[TomlTable] = []
        for place, one in enumerate(value[:most]):
            if isinstance(one, dict):
                found.append(TomlTable(one, f"{below(self.path, key)}[{place}]", self._faults, self.languages))
            else:
                self.fault_at(key, place, "this is not a table", remedy)
        return found

    def _texts(self, kind: str) -> Words:
        found: dict[str, str] = {}
        for language in self.languages:
            if language not in self.content:
                self.fault(language, f'there are no words in "{language}"', f'Add {language} = "...".')
        for language, value in list(self.content.items())[:MOST_FAULTS]:
            if language in _TOP:
                self.fault(language, _ASTRAY, _TOP_REMEDY.format(language))
            elif self.languages and language not in self.languages:
                remedy = f'Add "{shown(language)}" to languages, or take these words out.'
                self.fault(language, f'the language "{shown(language)}" is not in languages', remedy)
            elif not isinstance(value, str):
                self._wrong(language, value, "a text in quotes", f'Write {shown(language)} = "...".')
            else:
                text = tidy(value)
                bad = flaw(kind, text)
                if bad is not None:
                    self.fault(language, *bad)
                found[language] = text
        return found

    def _known(self, path: str, value: str, known: list[str]) -> bool:
        if value in known:
            return True
        meant = nearest(value, known)
        hint = f'Did you mean "{meant}"? ' if meant else ""
        self._note(path, f'"{shown(value)}" is not one of the choices', f"{hint}Use one of: {listed(known)}.")
        return False

    def _note(self, path: str, problem: str, remedy: str) -> None:
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(Fault(path, problem, remedy))

    def _value(self, key: str, missing: str | None = None) -> object | None:
        self._asked.append(key)
        value = self.content.get(key)
        if value is None and missing is not None:
            self.fault(key, "this key is missing", missing)
        return value

    def _wrong(self, key: str, value: object, wanted: str, remedy: str) -> None:
        self.fault(key, f"this is {_kind(value)}, not {wanted}", remedy)


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, date | time):
        return "a date or a time"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "a text" if isinstance(value, str) else "nothing we know"
