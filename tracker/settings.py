"""What an operator can set: environment variables with the prefix TRACKER_, read once and then fixed."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from tracker.flows.outreach.normal_form import is_plain_mailbox

DRIVER = "postgresql+asyncpg"

MOST_OPERATORS = 10
"""Each is sent a mail of their own, one after the other."""


class Settings(BaseSettings):
    """All settings. Each is documented in docs/operations.md, and a test says so."""

    model_config = SettingsConfigDict(env_prefix="TRACKER_", frozen=True, extra="ignore")

    database_url: SecretStr | None = Field(
        default=None, description="PostgreSQL 15 or newer, as postgresql+asyncpg://...; unset: the embedded server."
    )
    data_dir: Path = Field(
        default=Path(".data"), description="Where the embedded server and the installation's secret are kept."
    )
    secret: SecretStr | None = Field(
        default=None,
        description="At least 32 characters; keys the hashes of known facts. Unset: made once, kept in data_dir.",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000", description="How people reach this service; messages point to it."
    )
    host: str = Field(default="127.0.0.1", description="The address on which `tracker serve` listens.")
    port: int = Field(default=8000, ge=1, le=65535, description="The port on which `tracker serve` listens.")
    smtp_url: SecretStr | None = Field(
        default=None,
        description="The mail server: smtp://user:password@host:587 (STARTTLS when offered) or smtps://...; "
        "unset: no e-mail can leave.",
    )
    bounces_address: str = Field(
        default="",
        description="Where letters come back to that do not arrive; each goes there under a mark of its own "
        "(name+mark@domain). Empty: they come back to their sender.",
    )
    bounces_imap_url: SecretStr | None = Field(
        default=None,
        description="That mailbox: imaps://user:password@host/folder; unset: nobody reads what comes back.",
    )
    bounces_secret: SecretStr | None = Field(
        default=None, description="Signs what a mail provider reports to /bounces (whsec_...); unset: it is refused."
    )
    alerts_to: str = Field(
        default="", description="Who is mailed what an operator should look at, comma-separated; empty: nobody."
    )
    twilio_account_sid: str | None = Field(default=None, description="The Twilio account for texts; unset: none leave.")
    twilio_auth_token: SecretStr | None = Field(
        default=None, description="Its token; it also verifies what Twilio reports back."
    )
    twilio_base_url: str = Field(
        default="https://api.twilio.com", description="Where Twilio's API is asked; another for a region or a test."
    )
    sms_price: Decimal = Field(default=Decimal("0.04"), ge=0, description="What one SMS segment costs, for forecasts.")
    email_price: Decimal = Field(default=Decimal("0.001"), ge=0, description="What one e-mail costs, for forecasts.")
    currency: str = Field(default="GBP", pattern="^[A-Z]{3}$", description="The currency of those prices.")
    operator_token: SecretStr | None = Field(
        default=None, description="Opens /outbox outside the demo, as a bearer token; unset: it stays closed."
    )
    trusted_proxies: str = Field(
        default="", description="Addresses of proxies whose X-Forwarded-For is believed, comma-separated; none."
    )
    pool_size: int = Field(default=10, ge=1, le=100, description="Database connections of one process.")
    body_limit_bytes: int = Field(default=1_000_000, ge=1_000, description="The longest request body that is read.")
    batch_limit_bytes: int = Field(
        default=8_000_000, ge=1_000, description="The longest body that is read of a batch of events."
    )
    body_seconds: float = Field(default=20.0, gt=0, description="How long a request body may take to arrive.")
    log_level: str = Field(
        default="INFO", pattern="^(?i:DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR."
    )

    @field_validator("database_url")
    @classmethod
    def _of_a_database_that_we_speak_to(cls, value: SecretStr | None) -> SecretStr | None:
        try:
            driver = make_url(value.get_secret_value()).drivername if value else DRIVER
        except ArgumentError:
            driver = ""
        if driver != DRIVER:
            raise ValueError(f"write it as {DRIVER}://user:password@host/database")
        return value

    @field_validator("alerts_to")
    @classmethod
    def _mailboxes(cls, value: str) -> str:
        found = _listed(value)
        for place, address in enumerate(found, 1):
            if not is_plain_mailbox(address):
                raise ValueError(
                    f"entry {place} is no e-mail address; write one, or several with commas between them, such as "
                    "operators@example.org"
                )
        if len(found) > MOST_OPERATORS:
            raise ValueError(f"it names more than {MOST_OPERATORS} addresses; let one address forward to all of them")
        return value

    @field_validator("bounces_address")
    @classmethod
    def _with_room_for_a_mark(cls, value: str) -> str:
        """The mark takes 46 of the 64 characters that the name of a mailbox may have (RFC 5321, 4.5.3.1.1)."""
        if value and (not is_plain_mailbox(value) or len(value.rpartition("@")[0]) > 18):
            raise ValueError(
                "write one e-mail address, at most 18 characters before the @, such as bounces@example.org"
            )
        return value

    @field_validator("secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            raise ValueError("it is shorter than 32 characters; make one with `openssl rand -hex 32`")
        return value

    def operators(self) -> tuple[str, ...]:
        """The addresses of `alerts_to`, each once."""
        return _listed(self.alerts_to)

    def secret_bytes(self) -> bytes:
        """The installation's secret; made at the first call when none is set, and kept readable by its owner alone."""
        if self.secret is not None:
            return self.secret.get_secret_value().encode()
        path = self.data_dir / "secret"
        if not path.exists():
            self._make_secret(path)
        return path.read_bytes()

    def _make_secret(self, path: Path) -> None:
        """Whole or not at all: of two processes that start at once, both read the one that came first."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"secret-{secrets.token_hex(8)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink()


def _listed(addresses: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for part in addresses.split(",") if (each := part.strip())))
