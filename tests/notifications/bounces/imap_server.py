"""A mailbox on a free port that speaks as much IMAP (RFC 9051, 3501) as is needed to read it, mark it and clean it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

PASSWORD = "p@ss/word"
ANOTHER = b"From: a.person@example.org\r\n\r\nPlease call me\r\n"
"""What lies in a folder that was made anew."""


@dataclass
class Folder:
    """What lies in the folder, by UID, with its flags. `refuse`: a command that is answered NO; `cut`: one at which the
    connection is cut; `made_anew_at`: one before which somebody makes the folder anew, with another letter in it under
    the UID of the first, while `slow` seconds pass."""

    url: str = ""
    letters: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    capabilities: str = "IMAP4rev1 UIDPLUS"
    validity: int = 41
    refuse: str = ""
    cut: str = ""
    made_anew_at: str = ""
    slow: float = 0.0
    made: int = 0
    logins: int = 0

    def arrives(self, letter: bytes) -> int:
        """A letter comes in; its UID."""
        self.made += 1
        self.letters[self.made], self.flags[self.made] = letter, set()
        return self.made

    def make_anew(self, letter: bytes) -> None:
        """Somebody deletes the folder and makes another of its name: UIDs begin again, and UIDVALIDITY says so."""
        self.made, self.validity, self.made_anew_at = 0, self.validity + 1, ""
        self.letters.clear()
        self.flags.clear()
        self.arrives(letter)

    def unread(self) -> list[int]:
        """The letters that nobody has read."""
        return [uid for uid in sorted(self.letters) if not self.flags[uid] & {r"\Seen", r"\Deleted"}]

    def answer(self, command: str) -> tuple[list[bytes], str]:
        """What is answered to a command: lines without a tag, and the end."""
        verb, _, rest = command.partition(" ")
        if verb == "UID":
            verb, _, rest = rest.partition(" ")
        if verb == self.refuse:
            return [], "NO not now"
        match verb.upper():
            case "CAPABILITY":
                return [f"CAPABILITY {self.capabilities}".encode()], "OK done"
            case "LOGIN":
                self.logins += 1
                right = rest.replace('"', "").split() == ["bounces@track.example", PASSWORD]
                return [], "OK in" if right else "NO who?"
            case "SELECT" | "EXAMINE":
                return [f"OK [UIDVALIDITY {self.validity}] valid".encode(), b"1 EXISTS"], "OK [READ-WRITE] open"
            case "SEARCH":
                return [f"SEARCH {' '.join(map(str, self.unread()))}".rstrip().encode()], "OK done"
            case "FETCH":
                uid, most = re.findall(r"^(\d+) .*<0\.(\d+)>", rest)[0]
                letter = self.letters[int(uid)][: int(most)]
                head = f"{uid} FETCH (UID {uid} BODY[]<0> {{{len(letter)}}}\r\n".encode()
                return [head + letter + b")"], "OK done"
            case "STORE":
                uids, _, flags = rest.partition(" ")
                for uid in self.flags.keys() & set(map(int, uids.split(","))):
                    self.flags[uid] |= set(re.findall(r"\\\w+", flags))
                return [], "OK done"
            case "EXPUNGE":
                for uid in self.flags.keys() & set(map(int, rest.split(","))):
                    if r"\Deleted" in self.flags[uid]:
                        del self.letters[uid], self.flags[uid]
                return [], "OK done"
            case "LOGOUT":
                return [b"BYE"], "OK bye"
        return [], "BAD what?"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        writer.write(b"* OK ready\r\n")
        while line := (await reader.readline()).decode().strip():
            tag, _, command = line.partition(" ")
            if self.cut and self.cut in command:
                break
            if self.made_anew_at and command.startswith(self.made_anew_at):
                await asyncio.sleep(self.slow)
                self.make_anew(ANOTHER)
            lines, end = self.answer(command)
            writer.write(b"".join(b"* " + each + b"\r\n" for each in lines) + f"{tag} {end}\r\n".encode())
            await writer.drain()
        writer.close()


@asynccontextmanager
async def mailbox_server() -> AsyncIterator[Folder]:
    """An empty mailbox on a free port."""
    folder = Folder()
    server = await asyncio.start_server(folder.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    folder.url = f"imap://bounces%40track.example:p%40ss%2Fword@127.0.0.1:{port}/INBOX"
    try:
        yield folder
    finally:
        server.close()
        await asyncio.sleep(0.01)  # connections end
