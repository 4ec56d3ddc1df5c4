"""`jsonbin serve`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from jsonbin_cli.commands import candidates, options
from jsonbin_cli.failures import CommandFailed


@options.shared("verbose")
def serve_(
    options: options.Options,
    command: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[-- COMMAND...]",
            help="Run a command, with what it needs to use the server in place of api.jsonbin.io, and end with it.",
        ),
    ] = None,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            metavar="N",
            help="The port; 0 picks a free one. Without it 8900, for a command a free one.",
        ),
    ] = None,
    store: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep the bins here instead of in profile local.")
    ] = None,
    memory: Annotated[bool, typer.Option("--memory", help="Keep the bins in memory, until the end.")] = False,
    plan: Annotated[Literal["free", "pro"], typer.Option(help="The account's plan.")] = "pro",
    quota: Annotated[int | None, typer.Option(min=0, metavar="N", help="How many requests the account has.")] = None,
    records: Annotated[
        Path | None,
        typer.Option(metavar="FILE|FOLDER", exists=True, help="A record, or a folder of them, to start with."),
    ] = None,
    export: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write all bins into files at the end, as jsonbin pull does.")
    ] = None,
    ready_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write url, master_key, ca_file and environment to it as JSON once the server is ready.",
        ),
    ] = None,
    latency: Annotated[
        str | None, typer.Option(metavar="SECONDS|A-B", help="How long each answer takes, or a range.")
    ] = None,
    fail: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FAULT=SHARE", autocompletion=candidates.shares, help="A share of answers that fail: 502=0.1."
        ),
    ] = None,
    script: Annotated[
        str | None,
        typer.Option(
            metavar="FAULT,…", autocompletion=candidates.faults, help="The faults of the first requests: 502,ok,cut."
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(metavar="N", help="Seed of the random latencies and shares, so that a run can be repeated.")
    ] = 1,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            autocompletion=candidates.settings,
            help="How to act where the service is not known; see jsonbin help serve.",
        ),
    ] = None,
    page: Annotated[
        bool, typer.Option("--page", help="Show the page at the root also where other machines can connect.")
    ] = False,
    pass_through: Annotated[
        bool, typer.Option("--pass-through", help="Let the proxy reach other hosts than api.jsonbin.io too.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Log no requests.")] = False,
    openapi: Annotated[
        bool, typer.Option("--openapi", help="Print what is served as a description in OpenAPI 3.1, and end.")
    ] = False,
) -> None:
    """Serve JSONBin on this machine, for tests of programs that use it; it can also fail on demand."""
    import sys

    from jsonbin_cli.failures import UsageMistake
    from jsonbin_cli.local.server import cli
    from jsonbin_cli.local.server import options as serving
    from jsonbin_cli.local.server.banner import banner, url_of, warnings
    from jsonbin_cli.local.server.request_log import Log
    from jsonbin_cli.local.store.export import folder_for
    from jsonbin_cli.local.store.initial import bins_from
    from jsonbin_cli.terminal import output

    if not command and sys.argv[-1:] == ["--"]:  # as where a script's variable is empty
        raise UsageMistake("no command stands after --", "jsonbin serve -- npm test; without -- it serves until Ctrl-C")
    if openapi:
        from jsonbin_cli.local.api.description import description
        from jsonbin_cli.local.api.model import dumped

        output.show_json(dumped(description(url_of(host, 8900 if port is None else port))).decode())
        return
    log_requests = options.verbose if command else not quiet
    asked = serving.Options(
        host,
        port if port is not None else 0 if command else 8900,
        serving.store_of(store, memory=memory, with_command=bool(command)),
        bins_from(records) if records else [],
        serving.settings_of(plan, quota, setting or []),
        serving.plan_of(latency, fail or [], script, seed),
        ready_file,
        folder_for(str(export)) if export else None,
        page,
        command or [],
        pass_through,
    )
    for warning in warnings(host, pass_through=pass_through):
        output.note(warning)
    code = cli.run(
        asked,
        announce=lambda url: output.show_text(banner(url, asked)),
        log=Log(output.detail if log_requests else None, output.detail),
        tell=output.note,
    )
    if code:
        raise CommandFailed(code)
