"""What a purpose and a channel need besides their row of traits: for each everything that is missing is named."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from templates.environment import environment
from tracker.core.answers.contacts import ContactChannel
from tracker.core.answers.tellings import Listener, Way
from tracker.core.vocabulary.channels import CHANNELS, StoppedBy
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.purposes import PURPOSES, purposes
from tracker.core.vocabulary.traits import for_each
from tracker.core.vocabulary.words import Channel, Role
from tracker.store.ground.columns import table
from tracker.store.ground.organisations import Organisation

ROOT = Path(__file__).parents[2]
PARTS = ("subject.txt", "lead.txt", "text.txt", "html.html", "sms.txt")
DEFINITIONS = (ROOT / "docs" / "service-definitions.md").read_text()
INTEGRATION = (ROOT / "docs" / "integration.md").read_text()
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
CHANNEL_WORDS = {
    "pages/case/channel_words.html": ("titled", "mentioned"),
    "pages/desk/words.html": ("channel", "way"),
}
DECIDING = (
    "tracker/core/outreach/topics.py",
    "tracker/core/outreach/reversals.py",
    "tracker/core/outreach/mergers.py",
    "tracker/core/outreach/who_hears_what.py",
    "tracker/core/deciding/date_news.py",
    "tracker/core/answers/examples.py",
)
"""Where it is decided to say something, and, last, of which stage it would be for an example. Whoever else
names a purpose has forgotten to ask for its traits."""
SENDERS = ("store/outreach/carrying.py", "store/outreach/unknowns.py", "store/organisations/checking.py")
"""Where the columns of senders are read for those who send, and written when an organisation goes live."""
CHOSEN = {
    "tracker/main.py": "what carries it",
    "tracker/flows/organisations/going_live.py": "what is asked of it before an organisation goes live",
    "tracker/commands/going_live.py": "its price",
}
"""Where a channel is named, since no trait could say it."""


def spoken() -> list[str]:
    """The languages in which messages are worded."""
    return ["en", *sorted(folder.name for folder in (ROOT / "templates" / "locales").iterdir() if folder.is_dir())]


def named(words: str, node: ast.AST) -> set[str]:
    """The words of a closed set that code names."""
    found = (each for each in ast.walk(node) if isinstance(each, ast.Attribute))
    return {each.attr for each in found if ast.unparse(each.value) == words and each.attr.isupper()}


def decided() -> set[str]:
    """The names of the purposes that the core decides to say something of."""
    return {name for file in DECIDING for name in named("Purpose", ast.parse((ROOT / file).read_text()))}


def compared(words: str, source: str) -> list[str]:
    """Where code compares with a word of a closed set: `line: word`."""
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Compare))
    sides = (side for node in nodes for side in (node.left, *node.comparators) if not isinstance(side, ast.Call))
    return [f"{side.lineno}: {name}" for side in sides for name in sorted(named(words, side))]


def migrated() -> str:
    """All that migrations say."""
    return "".join(file.read_text() for file in sorted((ROOT / "migrations" / "versions").glob("*.py")))


def lacking_of_purpose(word: str) -> Iterator[str]:
    """What a purpose still needs."""
    for language in spoken():
        folder = Path("templates") / "messages" / word / language
        yield from (f"{folder / part}" for part in PARTS if not (ROOT / folder / part).is_file())
    page = (ROOT / "templates" / "pages" / "case" / "message_purpose.html").read_text()
    if f'message.purpose == "{word}"' not in page:
        yield "templates/pages/case/message_purpose.html: what the page calls it"
    if word.upper() not in decided():
        yield "tracker/core/outreach/topics.py, or core/deciding/date_news.py for news about dates: nothing decides it"
    if f"'{word}'" not in migrated():
        yield "migrations: the word in the checks of message and stop"
    if f"\n| `{word}` | " not in DEFINITIONS:
        yield "docs/service-definitions.md: its row in the table of messages"


def lacking_of_channel(word: str, sender: str | None, stopped_by: StoppedBy) -> Iterator[str]:
    """What a channel still needs; what it is called in other languages, the tests of the catalogues name."""
    for name, macros in CHANNEL_WORDS.items():
        for macro in macros:
            if not _worded(name, macro, word):
                yield f"templates/{name}: {macro}"
    if word not in set(Way):
        yield "tracker/core/answers/tellings.py: Way"
    for file, what in CHOSEN.items():
        if not _chosen(file, word):
            yield f"{file}: {what}"
    if sender is not None:
        yield from _lacking_of_sender(sender)
    if stopped_by is StoppedBy.ANSWER:
        yield from _lacking_of_answers(word)
    if f"'{word}'" not in migrated():
        yield "migrations: the word in the checks of the columns of channels"
    if f"`{word}`" not in line(DEFINITIONS, "| `[outreach]`"):
        yield "docs/service-definitions.md: channels, in the row of [outreach]"
    if f"`{word}`" not in line(INTEGRATION, "| `case.party`"):
        yield "docs/integration.md: channels, in the row of case.party"
    if f"`{word}`" not in line(GLOSSARY, "| channel |"):
        yield "docs/glossary.md: channel"


def _lacking_of_sender(sender: str) -> Iterator[str]:
    """What a channel needs whose messages come from somewhere."""
    if sender not in table(Organisation).columns:
        yield f"tracker/store/ground/organisations.py: the column {sender}"
    yield from (f"tracker/{file}: {sender}" for file in SENDERS if sender not in (ROOT / "tracker" / file).read_text())


def _lacking_of_answers(word: str) -> Iterator[str]:
    """What a channel needs on which people answer us."""
    if word not in set(ContactChannel):
        yield "tracker/core/answers/contacts.py: ContactChannel"
    if not _chosen("tracker/flows/outreach/texted.py", word):
        yield "tracker/flows/outreach/texted.py: whoever answers with STOP is not heard"


def _chosen(file: str, word: str) -> bool:
    return word.upper() in named("Channel", ast.parse((ROOT / file).read_text()))


def _worded(name: str, macro: str, word: str) -> bool:
    called: Callable[[str], str] = getattr(
        environment().get_template(name).make_module({"language": "en", "direction": "ltr"}), macro
    )
    try:
        return bool(called(word).strip())
    except UndefinedError:
        return False


def line(text: str, start: str) -> str:
    """The line of a document that begins like this."""
    found = next((each for each in text.splitlines() if each.startswith(start)), None)
    assert found is not None, f"no line begins with {start}: write one"
    return found


@pytest.mark.parametrize("purpose", Purpose)
def test_a_purpose_lacks_nothing(purpose: Purpose) -> None:
    assert not (lacking := "\n".join(lacking_of_purpose(purpose.value))), lacking


@pytest.mark.parametrize("channel", Channel)
def test_a_channel_lacks_nothing(channel: Channel) -> None:
    traits = CHANNELS[channel]
    lacking = "\n".join(lacking_of_channel(channel.value, traits.sender, traits.stopped_by))
    assert not lacking, lacking


def test_nobody_asks_for_a_purpose_or_a_channel_by_name() -> None:
    told = {"tracker/core/vocabulary/purposes.py", "tracker/core/vocabulary/messages.py", *DECIDING}
    for package in ("tracker", "notifications", "integrations"):
        for file in (ROOT / package).rglob("*.py"):
            name, source = file.relative_to(ROOT).as_posix(), file.read_text()
            assert name in told or not named("Purpose", ast.parse(source)), name
            ways = [each for each in compared("Way", source) if each.split()[-1] in Channel.__members__]
            assert [*compared("Purpose", source), *compared("Channel", source), *ways] == [], name
    for file in (ROOT / "templates").rglob("*.[ht]*"):
        asks = re.findall(r"\b(?:purpose|channel) (?:[=!]=|in) .+", file.read_text()) if file.is_file() else []
        assert asks == [] or file.name == "message_purpose.html", file.name


def test_comparing_is_noticed() -> None:
    assert compared("Channel", "mail = row.channel == Channel.EMAIL") == ["1: EMAIL"]
    assert compared("Purpose", "late = each.purpose in {Purpose.DELAYED}") == ["1: DELAYED"]


def test_what_is_missing_is_named() -> None:
    assert len(list(lacking_of_purpose("pigeon"))) == len(spoken()) * len(PARTS) + 4
    always, sender, answers = 4 + 1 + len(CHOSEN) + 4, 1 + len(SENDERS), 2
    for each, more in ((StoppedBy.ANSWER, answers), (StoppedBy.LINK, 0), (StoppedBy.NOTHING, 0)):
        assert len(list(lacking_of_channel("pigeon", "pigeon_from", each))) == always + sender + more
        assert len(list(lacking_of_channel("pigeon", None, each))) == always + more


def test_a_word_without_traits_stops_everything() -> None:
    held = {Channel.EMAIL: CHANNELS[Channel.EMAIL]}
    with pytest.raises(LookupError, match="Channel: sms"):
        for_each(Channel, held)
    assert set(PURPOSES) == set(Purpose) and set(CHANNELS) == set(Channel)


def test_to_whom_a_date_was_told_is_a_party_or_somebody_unknown() -> None:
    assert {each.value for each in Role} < {each.value for each in Listener}


@pytest.mark.parametrize("purpose", Purpose)
def test_the_documents_say_how_a_purpose_is_treated(purpose: Purpose) -> None:
    traits = PURPOSES[purpose]
    said = (traits.optional, traits.counted, traits.cut, traits.goes_on)
    answers = " | ".join("yes" if each else "no" for each in said)
    assert line(DEFINITIONS, f"| `{purpose.value}` |").endswith(f" | {answers} |")


def test_what_may_be_left_out_is_documented() -> None:
    told = line(DEFINITIONS, "| `leave_out` |").split(" | ")[1]
    assert set(re.findall(r"`(\w+)`", told)) == purposes(lambda traits: traits.optional)
