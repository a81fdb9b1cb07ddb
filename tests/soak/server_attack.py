"""kill -9 against the embedded server, again and again: acknowledged rows stay, no process is left behind."""

import random
from pathlib import Path

import asyncpg

from tests.store.server_processes import Owner, ask, is_quiet, kill, parent_of, until
from tracker.store.embedded.process import find

_ATTACKS = ("owner", "guardian", "postmaster", "owner and guardian", "guardian and postmaster", "everybody")


def run(rounds: int, data_dir: Path) -> list[tuple[str, int, int]]:
    """Attack the server of `data_dir`, fresh or kept from earlier, each attack `rounds` times, in random order.

    One row of (attack, rounds, failures) each. A failure is a server that does not come back, a
    row that was acknowledged and is gone, or a process left behind.
    """
    order = [name for name in _ATTACKS for _ in range(rounds)]
    random.shuffle(order)
    with Owner(data_dir, safe=True) as owner:
        owner.ready()
        ask(owner.socket_dir, "CREATE TABLE IF NOT EXISTS acknowledged (n bigserial)", "SELECT 1")
        expected: int = ask(owner.socket_dir, "SELECT count(*) FROM acknowledged")
        owner.leave()
    failures = dict.fromkeys(_ATTACKS, 0)
    for name in order:
        held, expected = _survives(name, data_dir, expected)
        failures[name] += not held
    return [(f"kill -9: {name}", rounds, failures[name]) for name in _ATTACKS]


def _survives(attack: str, data_dir: Path, expected: int) -> tuple[bool, int]:
    """Whether one attack did no harm, and how many rows were acknowledged by then."""
    with Owner(data_dir, safe=True) as owner, Owner(data_dir, safe=True) as successor:
        if not owner.ready().server_pid or successor.ready().server_pid != owner.server_pid:
            return False, expected
        for _ in range(random.randint(1, 20)):
            ask(owner.socket_dir, "INSERT INTO acknowledged DEFAULT VALUES", "SELECT 1")
            expected += 1
        guardian = parent_of(owner.server_pid)
        everybody = attack == "everybody"
        if everybody or "guardian" in attack:
            kill(guardian)
        if everybody or "postmaster" in attack:
            kill(owner.server_pid)
        if everybody or "owner" in attack:
            owner.kill()
            successor.kill()
        with Owner(data_dir, safe=True) as next_owner:
            if not next_owner.ready().server_pid or not until(lambda: _is_back(data_dir)):
                return False, expected
            found: int = ask(str(data_dir / "cluster" / "socket"), "SELECT count(*) FROM acknowledged")
            for user in (owner, successor, next_owner):
                user.kill()
    return until(lambda: is_quiet(data_dir)) and find(owner.server_pid) is None and found == expected, expected


def _is_back(data_dir: Path) -> bool:
    try:
        return bool(ask(str(data_dir / "cluster" / "socket"), "SELECT 1"))
    except (OSError, asyncpg.PostgresError):
        return False
