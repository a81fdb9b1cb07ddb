"""Where people are reached, in the one form in which addresses are dialled, compared and searched.

What can be read is read: invisible characters, spaces of any width, dashes of any length, digits of any script, a
`tel:` or `mailto:` before it and words beside it are no part of an address. What cannot be is told by its fault.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import idna
import phonenumbers
from phonenumbers import PhoneNumberType, ValidationResult

from tracker.core.vocabulary.addresses import AddressDoubt, AddressFault, AddressReading
from tracker.core.vocabulary.channels import CHANNELS, AddressForm
from tracker.core.vocabulary.fillers import says_nothing
from tracker.core.vocabulary.spelling import letters
from tracker.core.vocabulary.words import Channel

LONGEST_MAILBOX = 254
"""So many characters a mailbox has at most (RFC 5321, 4.5.3.1.3, less the brackets)."""

_LOCAL = re.compile(r"[^\s@<>(),;:\"\[\]\\]{1,64}")
_NAMED = re.compile(r"(?P<beside>[^<>]*)<(?P<mail>[^<>]*)>\s*")
_BEFORE_MAIL = re.compile(r"^(?:mailto|e-?mail|correo|e-?bost)\s*:\s*", re.IGNORECASE)
_BRACKETS_BEHIND = re.compile(r"\s*\([^()]*\)\s*$")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]")
_NOWHERE = frozenset({"invalid", "localhost", "onion"})
"""Names at the top of no mail (RFC 6761, RFC 7686). `example` and `test` are for trying, and are taken."""

_DASHES = {"\u2212": "-", "\u2043": "-", "\u30fc": "-"}
"""Dashes that Unicode does not count among them."""

_URI = re.compile(r"^\s*tel:", re.IGNORECASE)
_EXTENSION = re.compile(
    r"(?:;\s*ext\s*=|(?<![^\W\d_])(?:extension|extn?|interno|int|est|durchwahl|dw|wew|anexo|estyniad|تحويلة|x)[.:]?|#)"
    r"\s*\d{1,7}\s*$",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"[(\[{][^)\]}]*[^\W\d_][^)\]}]*[)\]}]?")
_LETTER = re.compile(r"[^\W\d_]")
_FIGURE = re.compile(r"\d[.,]\d+\s*e\s*[+-]?\s*\d+", re.IGNORECASE)
"""A number that a spreadsheet has rounded: 7.7009E+09."""
_RUN = re.compile(r"\+?\s?[\d(][\d\s()./-]*")
_FEWEST_DIGITS = 5
_ENOUGH_FOR_ONE = 8
_FILLED = re.compile(r"\+?(?:(\d)\1*|0?1234567(?:89?0?)?)")
_FOR_DRAMA = re.compile(r"\+44(?:7700900|1632960)\d{3}")
"""Numbers of the United Kingdom that Ofcom keeps free for drama: made up in earnest, so that nothing is wrong there."""
_MOBILE = frozenset(
    {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.UNKNOWN,
    }
)


def normal(channel: Channel, address: str, country: str) -> str | None:
    """The one form of an address on a channel; None when it is none."""
    return reading(CHANNELS[channel].form, address, country).normal


@lru_cache(maxsize=10_000)
def reading(form: AddressForm, address: str, country: str) -> AddressReading:
    """What stands there, read as an address: a mailbox with its local part in small letters and its domain as DNS has
    it (IDNA 2008), a telephone number in E.164 (of `country` when it has no prefix)."""
    plain = _plain(address)
    if says_nothing(plain):
        return AddressReading(None, None, AddressFault.EMPTY)
    match form:
        case AddressForm.MAILBOX:
            return _mailbox(plain)
        case AddressForm.TELEPHONE:
            return _telephone(plain, country)


def _plain(address: str) -> str:
    """NFC, with one kind of space, and nothing that cannot be seen."""
    text = unicodedata.normalize("NFC", address)
    shown = (" " if each.isspace() or unicodedata.category(each) == "Zs" else each for each in text)
    return "".join(each for each in shown if unicodedata.category(each) not in ("Cc", "Cf")).strip()


def _mailbox(plain: str) -> AddressReading:
    """A mailbox, with or without a name beside it, `mailto:` before it or a full stop behind it."""
    text, doubts = _BEFORE_MAIL.sub("", plain.replace("＠", "@")), []
    if named := _NAMED.fullmatch(text):
        text, beside = named["mail"], named["beside"]
    else:
        text, beside = _BRACKETS_BEHIND.sub("", text), "".join(_BRACKETS_BEHIND.findall(text))
    if beside.strip():
        doubts.append(AddressDoubt.REMARK)
    text = text.lstrip(" ,;'\"([").rstrip(" ,;.'\")]")
    if text.count("@") > 1 and re.search(r"[\s,;/|]", text):
        return AddressReading(None, None, AddressFault.SEVERAL)
    local, at, domain = text.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or not domain or " " in domain:
        return AddressReading(None, None, AddressFault.UNREADABLE)
    ascii_domain = mail_domain(domain)
    if ascii_domain is None or len(local) + len(ascii_domain) >= LONGEST_MAILBOX:
        return AddressReading(None, None, AddressFault.NO_DOMAIN)
    if not local.isascii() or ".." in f".{local}.":
        doubts.append(AddressDoubt.UNUSUAL)
    if any(letters.mixes_alphabets(label) for label in domain.split(".")):
        doubts.append(AddressDoubt.MIXED)
    return AddressReading(text, f"{local.lower()}@{ascii_domain}", None, tuple(doubts))


def is_plain_mailbox(address: str) -> bool:
    """Whether this is a mailbox as it stands, with nothing beside it, which every mail server takes."""
    found = reading(AddressForm.MAILBOX, address, "")
    return found.address == address and not found.doubts


@lru_cache(maxsize=10_000)
def mail_domain(domain: str) -> str | None:
    """A domain as DNS has it: letters of any script by IDNA 2008 (RFC 5891, mapped as UTS 46 says, no transitional
    mapping: ß stays itself). None where there can be no such domain on the internet."""
    name = domain.lower()
    if not name.isascii() or "xn--" in name:
        try:
            name = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
        except UnicodeError:
            return None
    name = name.removesuffix(".")
    right = len(name) <= 253 and _HOST.fullmatch(name) is not None
    return name if right and name.rpartition(".")[2] not in _NOWHERE else None


def _telephone(plain: str, country: str) -> AddressReading:
    """A telephone number, with or without words beside it."""
    text = _URI.sub("", _figures(plain))
    number, doubts = _IN_BRACKETS.sub(" ; ", text).strip(" ;"), []
    extension = _EXTENSION.search(number)
    if extension and _digits(number[: extension.start()]) >= _FEWEST_DIGITS:
        number = number[: extension.start()]
        doubts.append(AddressDoubt.EXTENSION)
    if _IN_BRACKETS.search(text) or _LETTER.search(number):
        doubts.append(AddressDoubt.REMARK)
    if "@" in number or _FIGURE.search(number) or not any(map(str.isdigit, number)):
        return AddressReading(None, None, AddressFault.UNREADABLE)
    runs = [run for run in _runs(number) if _digits(run) >= _FEWEST_DIGITS]
    found = list(dict.fromkeys(_dialled(run, country) for run in runs))
    if len(found) > 1:
        return AddressReading(None, None, AddressFault.SEVERAL)
    dialled = found[0] if found else None
    doubts += _doubts(dialled) if dialled else [AddressDoubt.UNASSIGNED]
    if runs and AddressDoubt.UNASSIGNED in doubts and _FILLED.fullmatch(re.sub(r"[^\d+]", "", runs[0])):
        return AddressReading(None, None, AddressFault.FILLER)
    if dialled is None:
        worded = _LETTER.search(number) and not found
        return AddressReading(None, None, AddressFault.UNREADABLE if worded else AddressFault.IMPOSSIBLE)
    return AddressReading(runs[0].strip(" -./"), dialled, None, tuple(doubts))


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _figures(plain: str) -> str:
    """The text with the digits, dashes and signs of ASCII."""
    text = unicodedata.normalize("NFKC", "".join(_DASHES.get(each, each) for each in plain))
    text = "".join("-" if unicodedata.category(each) == "Pd" else each for each in text)
    return "".join(str(unicodedata.decimal(each, each)) for each in text)


def _runs(text: str) -> list[str]:
    """The parts that may be a number each: parted by words, commas and semicolons, and by a slash where there are
    enough digits on both sides of it."""
    runs: list[str] = []
    for run in _RUN.findall(text):
        parts = run.split("/")
        many = sum(_digits(each) >= _ENOUGH_FOR_ONE for each in parts) > 1
        runs += parts if many else [run]
    return [re.sub(r"^\+\s?(?=0)", "", run.strip()) for run in runs]


def _dialled(run: str, country: str) -> str | None:
    """The number in E.164, where one of its country may have so many digits."""
    try:
        number = phonenumbers.parse(run, country)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _doubts(dialled: str) -> list[AddressDoubt]:
    """What speaks against reaching a person by a text there."""
    number = phonenumbers.parse(dialled)
    if _FOR_DRAMA.fullmatch(dialled):
        return []
    if not phonenumbers.is_valid_number(number):
        return [AddressDoubt.UNASSIGNED]
    return [] if phonenumbers.number_type(number) in _MOBILE else [AddressDoubt.NOT_MOBILE]
