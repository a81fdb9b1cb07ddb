"""Letters that come back, in many shapes: written anew, with invented addresses, each about a letter of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

from notifications.email import return_path
from tests.notifications.conftest import BOUNCES
from tests.office import SECRET
from tracker.core.vocabulary.seals import LinkKind, seal

LETTERS = Path(__file__).parent / "letters"
SHAPES = sorted(each.stem for each in LETTERS.glob("*.eml"))
ANOTHER = b"a secret of somebody else, long enough to be one"


@dataclass(frozen=True)
class About:
    """A letter of ours: whose it is, its message and attempt, and whom it went to."""

    organisation: UUID
    message: UUID
    attempt: UUID
    recipient: str

    def words(self) -> Mapping[str, str]:
        """What stands in a report about it."""
        never = UUID(int=self.message.int ^ 1)
        return {
            "MESSAGE_ID": seal(SECRET, LinkKind.LETTER, self.organisation, self.message),
            "ATTEMPT": seal(SECRET, LinkKind.ATTEMPT, self.organisation, self.attempt),
            "RETURN_PATH": return_path(BOUNCES, SECRET, self.attempt),
            "RECIPIENT": self.recipient,
            "BOUNCES": BOUNCES,
            "BARE_ID": str(self.message),
            "OTHER_SEAL": seal(ANOTHER, LinkKind.LETTER, self.organisation, self.message),
            "NEVER_SENT": seal(SECRET, LinkKind.LETTER, self.organisation, never),
        }


def report(shape: str, about: About) -> bytes:
    """A report of this shape about a letter, as it lies in a mailbox."""
    text = (LETTERS / f"{shape}.eml").read_text()
    for word, meant in about.words().items():
        text = text.replace(word, meant)
    return text.replace("\n", "\r\n").encode()


def report_about(shape: str, letter: EmailMessage, path: str) -> bytes:
    """The same about a letter that a mail server received, by what it bears alone."""
    text = (LETTERS / f"{shape}.eml").read_text()
    message_id = letter["Message-ID"].strip("<>").split("@")[0]
    for word, meant in {"MESSAGE_ID": message_id, "ATTEMPT": letter["X-Attempt"], "RETURN_PATH": path}.items():
        text = text.replace(word, meant)
    return text.replace("RECIPIENT", letter["To"]).replace("BOUNCES", BOUNCES).replace("\n", "\r\n").encode()
