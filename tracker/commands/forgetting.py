"""The command that erases a person's data on request."""

from __future__ import annotations

from typing import Annotated

import typer

from tracker.commands.terminal import DataDir, OrganisationName, out, settings, with_parts
from tracker.flows.case import erase as forgetting
from tracker.flows.organisations import offices
from tracker.main import Parts

app = typer.Typer()


@app.command()
def forget(
    reference: Annotated[str, typer.Argument(help="The public reference of the request.")],
    organisation: OrganisationName,
    even_if_open: Annotated[bool, typer.Option(help="Erase it although it is not finished.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Erase everything personal of one request, for good: names, addresses, words. The dates and counts stay."""

    async def run(parts: Parts) -> None:
        office = await offices.organisation(parts.store, organisation)
        await forgetting.at_once(parts.store, office, reference, even_if_open=even_if_open)
        out.print("Erased. Backups made before today still hold it: let them end as docs/operations.md says.")

    with_parts(settings(data_dir), run)
