"""Commands for the accounts of staff. A password is asked for or read, and never printed."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tracker.commands.terminal import DataDir, OrganisationName, out, settings, with_parts
from tracker.flows.desk import accounts
from tracker.flows.organisations import offices
from tracker.main import Parts
from tracker.store.desk.accounts import Position

app = typer.Typer()
accounts_app = typer.Typer(no_args_is_help=True, help="Accounts of staff, for the desk.")
app.add_typer(accounts_app, name="accounts")

Login = Annotated[str, typer.Argument(help="The name to sign in with; it is unique in the whole installation.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


@accounts_app.command("add")
def add(
    login: Login,
    organisation: OrganisationName,
    name: Annotated[str, typer.Option(help="The name that colleagues read.")],
    manager: Annotated[bool, typer.Option("--manager", help="They see figures, too.")] = False,
    password_stdin: FromStdin = False,
    data_dir: DataDir = None,
) -> None:
    """Add an account. It sees the cases of this organisation alone."""
    password = _password(password_stdin)

    async def run(parts: Parts) -> None:
        office = await offices.organisation(parts.store, organisation)
        position = Position.MANAGER if manager else Position.AGENT
        await accounts.add(parts.store, office, login, name=name, password=password, position=position)
        out.print(f"Added {login}. They sign in at {parts.settings.public_url.rstrip('/')}/desk", markup=False)

    with_parts(settings(data_dir), run)


@accounts_app.command("list")
def listed(organisation: OrganisationName, data_dir: DataDir = None) -> None:
    """The accounts of an organisation."""

    async def run(parts: Parts) -> None:
        office = await offices.organisation(parts.store, organisation)
        for account in await accounts.listed(parts.store, office):
            ended = " (disabled)" if account.disabled_at else ""
            out.print(f"{account.login} {account.position} {account.name}{ended}", markup=False)

    with_parts(settings(data_dir), run)


@accounts_app.command("disable")
def disable(login: Login, data_dir: DataDir = None) -> None:
    """End an account and sign it out everywhere. What it did stays on record."""

    async def run(parts: Parts) -> None:
        await accounts.disable(parts.store, login)
        out.print(f"{login} cannot sign in any more.", markup=False)

    with_parts(settings(data_dir), run)


@accounts_app.command("password")
def password(login: Login, password_stdin: FromStdin = False, data_dir: DataDir = None) -> None:
    """Give an account a new password and sign it out everywhere."""
    new = _password(password_stdin)

    async def run(parts: Parts) -> None:
        await accounts.change_password(parts.store, login, new)
        out.print(f"{login} has a new password, and is signed out everywhere.", markup=False)

    with_parts(settings(data_dir), run)


def _password(from_stdin: bool) -> str:
    """The password: typed twice and not shown, or the first line of standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed
