"""The README can be followed: every command in it parses, and the story of setting up your own runs as it stands."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer.main
from typer.core import TyperGroup

from tests.journeys.processes import ROOT, TRACKER, environment, free_port, servers_in
from tracker.cli import app

README = (ROOT / "README.md").read_text()
GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FILES = ("cases.csv.gz",)
"""Files that a reader is taken to have."""


def blocks(text: str) -> list[str]:
    """The fenced blocks of shell commands."""
    return re.findall(r"^ *```sh\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)


def tracker_lines(text: str) -> list[list[str]]:
    """Every call of `tracker` in the blocks, as words, whatever stands before or after it on its line."""
    found = []
    for block in blocks(text):
        for words in statements(block):
            cuts = [-1, *(place for place, word in enumerate(words) if word in {"&&", "|", ";"}), len(words)]
            calls = [words[before + 1 : end] for before, end in pairwise(cuts)]
            found += [call[1:] for call in calls if call[:1] == ["tracker"]]
    return found


def statements(block: str) -> Iterator[list[str]]:
    """The lines of a block as words; a line that ends within quotes goes on in the next."""
    begun = ""
    for line in block.replace("\\\n", " ").splitlines():
        begun += line
        try:
            yield shlex.split(begun, comments=True)
        except ValueError:
            begun += "\n"
        else:
            begun = ""
    assert not begun, f"a quote is not closed: {begun}"


def parsed(words: list[str]) -> None:
    """Let the command line read these words, without doing what they say. Raises what it raises."""
    command, rest = typer.main.get_command(app), list(words)
    while isinstance(command, TyperGroup) and rest and rest[0] in command.commands:
        command = command.commands[rest.pop(0)]
    with command.make_context("tracker", rest) as context:
        if isinstance(command, TyperGroup) and rest:
            command.resolve_command(context, rest)


@pytest.mark.parametrize("file", GUIDES, ids=lambda file: file.name)
def test_every_command_in_a_block_is_one_that_can_be_given(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in FILES:
        (tmp_path / name).touch()
    (tmp_path / "templates").symlink_to(ROOT / "templates")
    (tmp_path / "services").symlink_to(ROOT / "templates" / "services")
    monkeypatch.chdir(tmp_path)
    for words in tracker_lines(file.read_text()):
        parsed(words)


def test_the_commands_of_the_readme_are_found() -> None:
    found = [words[:2] for words in tracker_lines(README)]
    assert ["demo"] in found and ["accounts", "add"] in found and ["organisations", "go-live"] in found
    assert len(found) >= 12


@pytest.mark.parametrize("line", ["keys ad permits", "keys add permits", "serve --fast", "replay nothing.csv --key K"])
def test_a_command_that_cannot_be_given_is_noticed(line: str) -> None:
    with pytest.raises(Exception, match=r"No such|Missing|does not exist"):
        parsed(shlex.split(line))


def section(heading: str) -> list[str]:
    """The blocks of a section, up to the next heading of its level or above."""
    level = heading.split()[0]
    after = README.split(f"\n{heading}\n")[1]
    return blocks(re.split(rf"(?m)^#{{1,{len(level)}}} ", after)[0])


def shell(block: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A block, run as it stands by a shell that stops at the first failure."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    given = environment(HOME=str(home), PATH=programs, PASSWORD="correct horse battery", **more)
    return subprocess.run(
        ["sh", "-eu"], input=block, cwd=ROOT, env=given, capture_output=True, text=True, timeout=100, check=False
    )


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """`tracker serve` over a data directory; its address, on which it will answer soon."""
    port = free_port()
    given = environment(TRACKER_DATA_DIR=str(folder), TRACKER_PORT=str(port), TRACKER_LOG_LEVEL="WARNING")
    with subprocess.Popen([*TRACKER, "serve"], cwd=ROOT, env=given) as process:
        try:
            yield f"http://127.0.0.1:{port}"
            assert process.poll() is None
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def answers(url: str) -> bool:
    """Whether the service is there yet."""
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def curl() -> tuple[str, str, dict[str, str], dict[str, Any]]:
    """The README's curl: method, path, headers and event."""
    (block,) = [block for block in blocks(README) if block.startswith("curl")]
    words = shlex.split(block.replace("\\\n", " "))
    after = {
        option: [words[at + 1] for at, word in enumerate(words) if word == option] for option in ("-X", "-H", "-d")
    }
    (url,) = [word for word in words if word.startswith("http://127.0.0.1:8000")]
    headers = dict(header.split(": ", 1) for header in after["-H"])
    return after["-X"][0], url.removeprefix("http://127.0.0.1:8000"), headers, json.loads(after["-d"][0])


def test_your_own_can_be_set_up_as_the_readme_says(tmp_path: Path) -> None:
    """From nothing to an event that is taken, and to the list of what is to do before going live."""
    setting_up, running = section("## Set up your own")[:2]
    (going_live,) = section("### Go live")
    assert running.split() == ["tracker", "serve", "tracker", "work"]
    folder = tmp_path / "track-my-request"
    with serving(folder) as url:  # from the beginning on: it starts beside the first commands, which saves time
        done = shell(setting_up, tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        told = done.stdout.splitlines()
        assert sum("version 1; 0 cases moved" in line for line in told) == 3
        assert told[-1].startswith("Added ann.")
        reported_with(told[-2], url)

        local = re.sub(r"(?m)^export TRACKER_(SMTP|TWILIO).*\n", "", going_live)  # they would ask real providers
        asked = shell(local, tmp_path, TRACKER_DATA_DIR=str(folder))
        assert asked.returncode == 1, asked.stdout + asked.stderr
        for done_already in ("In sandbox", "A service", "Every source heard from", "The public address"):
            assert re.search(rf"(?m)^good +{done_already}", asked.stdout), asked.stdout
        assert re.search(r"(?m)^TO DO +The mail server", asked.stdout), asked.stdout
    assert servers_in(folder) == []


def reported_with(key: str, url: str) -> None:
    """Open a case with this key, then send what the README's curl sends, twice."""
    method, path, headers, event = curl()
    assert headers["Authorization"] == "Bearer $KEY"
    headers["Authorization"] = f"Bearer {key}"
    at, until = datetime.now(UTC) - timedelta(hours=1), time.monotonic() + 30
    while not answers(url):
        assert time.monotonic() < until
        time.sleep(0.1)  # it starts in a process of its own
    for id_, status, minutes in (("begun", "REC", 0), (event["id"], event["data"]["status"], 5)):
        told_at = (at + timedelta(minutes=minutes)).isoformat()
        sent = event | {"id": id_, "time": told_at, "data": event["data"] | {"status": status}}
        answer = httpx.request(method, url + path, headers=headers, json=sent)
        assert (answer.status_code, answer.json()["outcome"]) == (202, "applied"), answer.text
    again = httpx.request(method, url + path, headers=headers, json=sent)
    assert (again.status_code, again.json()["outcome"]) == (200, "duplicate")
