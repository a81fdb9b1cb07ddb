"""JSON as it is accepted: whatever the bytes, a dictionary of storable values or one MalformedEvent."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.strict_json import DEPTH, NUMBER_LENGTH, loads
from tracker.core.vocabulary.errors import MalformedEvent

DEEP = 100_000

REFUSED: dict[str, tuple[bytes, str | None]] = {
    "empty": (b"", None),
    "only spaces": (b" \n\t", None),
    "case 14: byte order mark": (b'\xef\xbb\xbf{"a":1}', None),
    "case 14: UTF-16 with a mark": ('{"a":1}'.encode("utf-16"), None),
    "case 14: UTF-16 little endian": ('{"a":1}'.encode("utf-16-le"), None),
    "case 14: UTF-16 big endian": ('{"a":1}'.encode("utf-16-be"), None),
    "case 14: UTF-32": ('{"a":1}'.encode("utf-32"), None),
    "Latin-1": (b'{"a":"caf\xe9"}', None),
    "overlong UTF-8": (b'{"a":"\xc0\xaf"}', None),
    "case 14: a surrogate written in UTF-8": (b'{"a":"\xed\xa0\x80"}', None),
    "case 14: lone surrogate": (b'{"data":{"a":["x","\\ud800"]}}', "/data/a/1"),
    "case 14: halves the wrong way round": (b'{"a":"\\udc00\\ud800"}', "/a"),
    "case 14: lone surrogate in a key": (b'{"\\udfff":1}', "/?"),
    "case 14: escaped NUL": (b'{"a":"x\\u0000y"}', "/a"),
    "case 14: raw NUL": (b'{"a":"x\x00y"}', None),
    "case 14: NUL in a key": (b'{"x\\u0000":1}', "/?"),
    "escape character": (b'{"a":"\\u001b[2J"}', "/a"),
    "raw newline in a string": (b'{"a":"x\ny"}', None),
    "control of the second set": ('{"a":"x\x85y"}'.encode(), "/a"),
    "delete": (b'{"a":"\x7f"}', "/a"),
    "case 14: key twice": (b'{"a":1,"a":2}', "/a"),
    "case 14: key twice, written in two ways": (b'{"a":1,"\\u0061":1}', "/a"),
    "case 14: key twice, deep": (b'{"x":[{"y/z":1,"y/z":2}]}', "/x/0/y~1z"),
    "case 14: NaN": (b'{"a":NaN}', "/a"),
    "case 14: Infinity": (b'{"a":{"b":Infinity}}', "/a/b"),
    "case 14: -Infinity": (b'{"a":-Infinity}', "/a"),
    "case 14: 1e400": (b'{"a":[0,1e400]}', "/a/1"),
    "case 14: -1e400": (b'{"a":-1e400}', "/a"),
    "just beyond 64 bits": (b'{"a":%d}' % 2**63, "/a"),
    "just below 64 bits": (b'{"a":%d}' % (-(2**63) - 1), "/a"),
    "a million digits": (b'{"a":' + b"9" * 1_000_000 + b"}", "/a"),
    "a million decimals": (b'{"a":0.' + b"9" * 1_000_000 + b"}", "/a"),
    "case 14: 100,000 arrays": (b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}", None),
    "case 14: 100,000 objects": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, None),
    "case 14: 100,000 arrays never closed": (b"[" * DEEP, None),
    "one level too deep": (b'{"a":' + b"[" * DEPTH + b"]" * DEPTH + b"}", None),
    "an array": (b"[]", ""),
    "a string": (b'"x"', ""),
    "a number": (b"1", ""),
    "a bare NaN": (b"NaN", ""),
    "null": (b"null", ""),
    "two documents": (b"{}{}", None),
    "a comma too many": (b'{"a":1,}', None),
    "single quotes": (b"{'a':1}", None),
    "unfinished": (b'{"a":"', None),
    "unfinished escape": (b'{"a":"\\', None),
    "a form": (b"a=1&b=2", None),
}


@pytest.mark.parametrize(("body", "pointer"), REFUSED.values(), ids=REFUSED.keys())
def test_case_14_hostile_json_is_refused_with_a_place_and_a_remedy(body: bytes, pointer: str | None) -> None:
    with pytest.raises(MalformedEvent) as caught:
        loads(body)
    assert caught.value.pointer == pointer
    assert caught.value.remedy
    assert len(caught.value.detail) < 300


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"a":"\\ud83d\\ude00"}',
        '{"a":"tab\\tline\\r\\nend"}',
        '{"a":[1,-0,1.5,1e3,true,false,null]}',
        f'{{"a":{2**63 - 1},"b":{-(2**63)}}}',
        '{"a":' + "[" * (DEPTH - 1) + "]" * (DEPTH - 1) + "}",
        '{"a":"[[[[[[[[[[[[[[[[[[[[[[[[[[ \\" {{{{{{{{{{{{{{{{{{{{"}',
        " \r\n{} \n",
        '{"":1,"ключ":"значение"}',
    ],
)
def test_good_json_reads_as_the_standard_parser_reads_it(text: str) -> None:
    assert loads(text.encode()) == json.loads(text)


def test_numbers_of_the_greatest_length_are_read() -> None:
    digits = "0." + "1" * (NUMBER_LENGTH - 2)
    assert loads(f'{{"a":{digits}}}'.encode()) == {"a": float(digits)}


def test_a_value_is_never_repeated() -> None:
    """A key that is no plain name may be a value in the wrong position."""
    with pytest.raises(MalformedEvent) as caught:
        loads(b'{"jane@example.org":"\\u0000secret"}')
    assert caught.value.pointer == "/?"
    assert "jane" not in caught.value.detail
    assert "secret" not in caught.value.detail


@pytest.mark.parametrize("unit", [b'"', b'\\"', b'"\\', b'"[', b"{", b'"a":', b"[],"])
def test_case_14_reading_takes_time_in_proportion_to_the_length(unit: bytes) -> None:
    """Unfinished strings are the trap: a scan that starts anew at each quote takes hours for one megabyte."""
    body = unit * (1_000_000 // len(unit))
    began = time.perf_counter()
    with pytest.raises(MalformedEvent):
        loads(body)
    assert time.perf_counter() - began < 5


@given(st.binary(max_size=300))
def test_case_14_whatever_bytes_give_an_object_or_a_malformed_event(body: bytes) -> None:
    try:
        assert isinstance(loads(body), dict)
    except MalformedEvent as error:
        error.detail.encode()


SAFE_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | SAFE_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(SAFE_TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(SAFE_TEXT, VALUES, max_size=5), st.booleans())
def test_what_is_written_is_read_back(document: dict[str, object], ascii_only: bool) -> None:
    assert loads(json.dumps(document, ensure_ascii=ascii_only).encode()) == document
