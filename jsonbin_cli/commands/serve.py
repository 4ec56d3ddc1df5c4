"""`jsonbin serve`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from jsonbin_cli.commands import options


@options.shared()
def serve_(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="The port; 0 picks a free one.")] = 8900,
    store: Annotated[
        Path | None,
        typer.Option(metavar="FILE", show_default=False, help="Where bins are kept, instead of with profile local."),
    ] = None,
    memory: Annotated[bool, typer.Option("--memory", help="Keep bins in memory, until the end.")] = False,
    plan: Annotated[Literal["free", "pro"], typer.Option(help="The account's plan.")] = "pro",
    quota: Annotated[
        int | None, typer.Option(min=0, metavar="N", show_default=False, help="How many requests the account has.")
    ] = None,
    seed: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE|FOLDER", exists=True, show_default=False, help="A record, or a folder of them, to start with."
        ),
    ] = None,
    ready_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", show_default=False, help="Gets one line of JSON, url and master_key, once ready."),
    ] = None,
    latency: Annotated[
        str | None,
        typer.Option(metavar="SECONDS|A-B", show_default=False, help="How long each answer takes, or a range."),
    ] = None,
    fail: Annotated[
        list[str] | None,
        typer.Option(metavar="FAULT=SHARE", show_default=False, help="A share of answers that fail: 502=0.1."),
    ] = None,
    script: Annotated[
        str | None,
        typer.Option(metavar="FAULT,…", show_default=False, help="What befalls the first requests: 502,ok,cut."),
    ] = None,
    dice: Annotated[int, typer.Option(metavar="N", help="Where latency and shares start, so that a run repeats.")] = 1,
    setting: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", show_default=False, help="What is not known of the service; see README."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Log no requests.")] = False,
) -> None:
    """Be JSONBin on this machine, over HTTP, for tests of what talks to JSONBin; it can also fail on demand."""
    from jsonbin_cli.local.server import cli as serving
    from jsonbin_cli.terminal import output

    offer = serving.Offer(
        host,
        port,
        serving.store_of(store, memory=memory),
        serving.bins_of(seed),
        serving.settings_of(plan, quota, setting or []),
        serving.plan_of(latency, fail or [], script, dice),
        ready_file,
    )
    for warning in serving.warnings(offer):
        output.note(warning)
    serving.run(
        offer,
        announce=lambda where: output.show_text(serving.banner(where)),
        log=(lambda _: None) if quiet else output.detail,
    )
