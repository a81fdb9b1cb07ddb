"""Whatever is in a definition file: it is read or its faults are said; nothing raises or takes long."""

import re
import string
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.core.services.definitions import Definition
from tracker.core.services.faults import MOST_FAULTS
from tracker.core.services.files import MOST_CHARACTERS, MOST_IN_LINE, read, read_table
from tracker.core.services.texts import FRAME, HEADLINE_GSM7, HEADLINE_UCS2, tidy
from tracker.core.vocabulary.segments import segments

SERVICES = Path(__file__).parents[3] / "templates" / "services"
GOOD = (SERVICES / "building-permit.toml").read_text(encoding="utf-8")


@settings(deadline=None)
@given(st.text(alphabet="aŵ€é😀 ", max_size=110).map(lambda text: "a" + text.strip()))
def test_a_headline_that_is_taken_fits_its_sms(headline: str) -> None:
    found = read(GOOD.replace('"We have your building plans"', f'"{headline}"'))
    size = segments(tidy(headline))
    if isinstance(found, Definition):
        whole = segments("o" * 30 + tidy(headline) + "r" * (FRAME - 30))
        assert whole.count <= (1 if size.encoding == "GSM-7" else 2)
    else:
        assert size.units > (HEADLINE_GSM7 if size.encoding == "GSM-7" else HEADLINE_UCS2)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    found = read(text)
    assert isinstance(found, tuple) and found and all(fault.problem and fault.remedy for fault in found)


KEYBOARD = string.printable + "\ud800€😀"


@settings(deadline=None)
@given(st.integers(0, len(GOOD)), st.integers(0, 40), st.text(KEYBOARD, max_size=8))
def test_no_damaged_file_raises(start: int, length: int, put: str) -> None:
    found = read(GOOD[:start] + put + GOOD[start + length :])
    if not isinstance(found, Definition):
        assert found and all(fault.problem and fault.remedy for fault in found)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=600, deadline=None)
@given(st.data())
def test_a_value_of_any_kind_anywhere_never_raises(data: st.DataObject) -> None:
    """A good file with one value replaced, removed or added anywhere."""
    content: Any = tomllib.loads(GOOD)
    place = content
    parents: list[tuple[Any, Any]] = []
    while isinstance(place, dict | list) and place and (not parents or data.draw(st.booleans())):
        key = data.draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
        parents.append((place, key))
        place = place[key]
    holder, key = parents[-1]
    if data.draw(st.booleans()):
        holder[key] = data.draw(VALUES)
    elif isinstance(holder, dict) and data.draw(st.booleans()):
        holder[data.draw(st.text(max_size=100))] = data.draw(VALUES)
    else:
        del holder[key]
    found = read_table(content)
    if not isinstance(found, Definition):
        assert found and all(fault.problem and fault.remedy for fault in found)
        assert all(re.fullmatch(r"[^\x00-\x1f]*", fault.path) for fault in found)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5000,
        "a = " + "{a=" * 5000,
        ".".join("a" * 5000) + " = 1",
        "a = " + "9" * 5000,
        "a = 1\n" * 3,
        "x\n" * MOST_CHARACTERS,
        "x = {" + "a." * (MOST_IN_LINE // 2) + "a = 1}",
        f"[{'a.' * 1900}b]\n" + "".join(f"k{number}.b = 1\n" for number in range(18_000)),
        "".join(f"x{number} = {{{'a.' * 1950}b{number} = 1}}\n" for number in range(49)),
        "".join(f"k{number} = 1\n" for number in range(20_000)),
        "".join(f'[[stages]]\ncodes = ["{number}"]\n' for number in range(5_000)),
        GOOD + "[feedback]\nask = true\n",
    ],
    ids=[
        *("lists", "tables", "keys", "digits", "twice", "long", "line"),
        *("deep", "inline", "many keys", "many stages", "table twice"),
    ],
)
def test_hostile_files_are_refused_in_good_time(text: str) -> None:
    found = read(text)
    assert isinstance(found, tuple) and found
    assert len(found) <= MOST_FAULTS
    assert all(fault.remedy for fault in found)


def test_null_is_as_good_as_missing() -> None:
    """TOML has no null, but a table that came as JSON may."""
    content = tomllib.loads(GOOD)
    content["stages"][0]["code"] = None
    found = read_table(content)
    assert isinstance(found, tuple)
    assert ("stages[0].code", "this key is missing") in {(fault.path, fault.problem) for fault in found}
