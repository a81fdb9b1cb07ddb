"""The accounts of staff: made and ended by an operator, opened by a password that is kept only as a hash.

Argon2id with the library's parameters (RFC 9106). It takes about fifty milliseconds of a processor and 64 MB, so it
runs in two threads of its own: no flood of tries can take more.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.vocabulary.errors import SetupRefused, SignInRefused, TooManyRequests
from tracker.core.vocabulary.oversight import Audited
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode
from tracker.store.desk import accounts
from tracker.store.desk.accounts import Position, Staff, StaffAccount
from tracker.store.ground import audit, limits, organisations
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store
from tracker.store.ground.organisations import Office

SESSION_SECONDS = 10 * 3600
"""A session ends after a long working day, whatever was done in it."""

WINDOW_SECONDS = 900
PER_LOGIN, PER_ADDRESS = 10, 50
"""Failed tries in a window after which no more are answered: for one login, from one address."""

FEWEST_CHARACTERS, MOST_CHARACTERS = 12, 200
"""The length of a password."""

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,79}")
_HASHER = PasswordHasher()
_THREADS = ThreadPoolExecutor(2, thread_name_prefix="passwords")


async def add(
    store: Store, office: Office, login: str, *, name: str, password: str, position: Position = Position.AGENT
) -> None:
    """A new account of an organisation. Raises SetupRefused."""
    login, name = login.strip().lower(), name.strip()
    if not _LOGIN.fullmatch(login):
        raise SetupRefused(
            "This login cannot be used.",
            "Use 2 to 80 small letters, digits and . _ @ + -, beginning with a letter or digit.",
        )
    if not 0 < len(name) <= 80:
        raise SetupRefused("The name is missing or too long.", "Give a name of at most 80 characters.")
    values = {
        "organisation_id": office.id,
        "id": new_id(),
        "login": login,
        "name": name,
        "position": position.value,
        "password_hash": await _hashed(login, password),
        "disabled_at": None,
    }
    async with store.transaction() as connection:
        if not await accounts.add(connection, values):
            raise SetupRefused("There is an account of this login already.", "Choose another login.")
        line = Audited("operator", "account.added", {"account": str(values["id"]), "position": position.value})
        await audit.record(connection, Scope(office.id, Mode.LIVE), line, office.now)


async def _audit(connection: AsyncConnection, account: StaffAccount, action: str) -> None:
    """Add to the audit what an operator did to an account."""
    now = (await organisations.office(connection, account.organisation_id)).now
    line = Audited("operator", action, {"account": str(account.id)})
    await audit.record(connection, Scope(account.organisation_id, Mode.LIVE), line, now)


async def listed(store: Store, office: Office) -> list[StaffAccount]:
    """The accounts of an organisation, by login."""
    async with store.reading() as connection:
        return await accounts.of_organisation(connection, office.id)


async def disable(store: Store, login: str) -> None:
    """End an account, and every session of it. Raises SetupRefused."""
    async with store.transaction() as connection:
        account = await accounts.by_login(connection, login.strip().lower())
        if account is None:
            raise _no_such_account()
        await accounts.disable(connection, account.organisation_id, account.id)
        await accounts.end_all(connection, account.organisation_id, account.id)
        await _audit(connection, account, "account.disabled")


async def change_password(store: Store, login: str, password: str) -> None:
    """Give an account another password, and end every session of it. Raises SetupRefused."""
    login = login.strip().lower()
    hash_ = await _hashed(login, password)
    async with store.transaction() as connection:
        account = await accounts.by_login(connection, login)
        if account is None:
            raise _no_such_account()
        await accounts.set_password(connection, account.organisation_id, account.id, hash_)
        await accounts.end_all(connection, account.organisation_id, account.id)
        await _audit(connection, account, "account.password_changed")


async def sign_in(store: Store, secret: bytes, login: str, password: str, address: str) -> str:
    """Begin a session: its token, of 256 random bits, is returned this once and kept only as a hash.

    Raises SignInRefused, one answer for a wrong login, a wrong password and a disabled account, after the same
    work; TooManyRequests when too many tries failed for this login or from this address (of the network).
    """
    login = login.strip().lower()[:200]
    buckets = _buckets(secret, login, address)
    async with store.reading() as connection:
        counts = await limits.counts(connection, list(buckets), WINDOW_SECONDS)
        if any(counts.get(bucket, 0) >= most for bucket, most in buckets.items()):
            raise TooManyRequests(
                "Too many tries to sign in that failed.",
                "Wait fifteen minutes, then try again.",
                retry_after_seconds=WINDOW_SECONDS,
            )
        account = await accounts.by_login(connection, login)
    if account is not None and account.disabled_at is not None:
        account = None
    # No connection is held while a password is compared.
    decoy = await _in_thread(_decoy)
    fits = await _in_thread(_fits, decoy if account is None else account.password_hash, password)
    token = secrets.token_urlsafe(32)
    async with store.transaction() as connection:
        begun = False
        if account is not None and fits:
            begun = await accounts.begin(connection, account, digest(token), SESSION_SECONDS)
        if not begun:
            await limits.add(connection, list(buckets), WINDOW_SECONDS)
    if account is None or not begun:
        raise SignInRefused
    if _HASHER.check_needs_rehash(account.password_hash):
        hash_ = await _in_thread(_HASHER.hash, _plain(password))
        async with store.transaction() as connection:
            await accounts.set_password(
                connection, account.organisation_id, account.id, hash_, before=account.password_hash
            )
    return token


async def sign_out(store: Store, token: str) -> None:
    """End a session."""
    async with store.transaction() as connection:
        await accounts.end(connection, digest(token))


async def who(store: Store, token: str) -> Staff | None:
    """Whose session a token is, while it lasts."""
    if not token or len(token) > 200:
        return None
    async with store.reading() as connection:
        return await accounts.signed_in(connection, digest(token))


def digest(token: str) -> bytes:
    """What a session is kept under: SHA-256 suffices for 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


def form_mark(secret: bytes, staff: Staff) -> str:
    """What every form of a session carries, so that no other site can send one (HMAC-SHA-256 of the session)."""
    return hmac.digest(secret, b"desk-form\0" + staff.digest, hashlib.sha256).hex()


def marked(secret: bytes, staff: Staff, mark: str) -> bool:
    """Whether a form is one of this session."""
    return hmac.compare_digest(form_mark(secret, staff).encode(), mark.encode())


def _buckets(secret: bytes, login: str, address: str) -> dict[bytes, int]:
    def bucket(kind: str, value: str) -> bytes:
        return hmac.digest(secret, f"limit\0{kind}\0{value}".encode(), hashlib.sha256)[:16]

    return {bucket("desk-login", login): PER_LOGIN, bucket("desk-address", address): PER_ADDRESS}


async def _hashed(login: str, password: str) -> str:
    """The hash of a password that may be used. Raises SetupRefused."""
    if not FEWEST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise SetupRefused(
            "The password is too short or too long.",
            f"Use {FEWEST_CHARACTERS} to {MOST_CHARACTERS} characters; several words make a good one.",
        )
    if _plain(password).casefold() == login or len(set(password)) < 5:
        raise SetupRefused("This password is too easy to guess.", "Choose another one; several words make a good one.")
    hash_: str = await _in_thread(_HASHER.hash, _plain(password))
    return hash_


async def _in_thread(do: Any, *given: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_THREADS, do, *given)


@cache
def _decoy() -> str:
    """A hash of nobody's password, compared where there is no account, so that a refusal takes the same time."""
    return _HASHER.hash(secrets.token_hex(16))


def _fits(hash_: str, password: str) -> bool:
    try:
        return _HASHER.verify(hash_, _plain(password))
    except (VerificationError, InvalidHashError):
        return False


def _plain(password: str) -> str:
    """The same password however the keyboard composed it (NFKC, as NIST SP 800-63B asks)."""
    return unicodedata.normalize("NFKC", password)


def _no_such_account() -> SetupRefused:
    return SetupRefused("There is no account of this login.", "See them with `tracker accounts list`.")
