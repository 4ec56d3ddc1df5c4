"""What `jsonbin serve` says when it starts: how to use it, and what listening to other machines exposes."""

from __future__ import annotations

from jsonbin_cli.config.addresses import is_this_machine
from jsonbin_cli.config.keys import LOCAL_MASTER_KEY
from jsonbin_cli.config.profiles import DEMO_BIN
from jsonbin_cli.local.server.options import Options


def url_of(host: str, port: int) -> str:
    """The base address, as a client on this machine writes it."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/v3"


def warnings(host: str, *, pass_through: bool = False) -> list[str]:
    """What listening on `host` exposes; nothing where only this machine can connect."""
    if is_this_machine(host):
        return []
    lines = [
        f"on {host} every machine that can connect may read, change and delete all bins and use the control endpoint, "
        "with a key that everybody knows unless JSONBIN_LOCAL_MASTER_KEY sets another; nothing is encrypted"
    ]
    if pass_through:
        lines.append(f"on {host} every machine that can connect may reach through this what this machine can reach")
    return lines


def banner(url: str, options: Options) -> str:
    """How to point jsonbin, curl and JavaScript at the server."""
    key = options.settings.master_key
    public = key == LOCAL_MASTER_KEY
    # Another key than the public one is not shown.
    in_shell = f"'{key}'" if public else '"$JSONBIN_LOCAL_MASTER_KEY"'
    header = f"'X-Master-Key: {key}'" if public else '"X-Master-Key: $JSONBIN_LOCAL_MASTER_KEY"'
    in_script = f"'{key}'" if public else "process.env.JSONBIN_LOCAL_MASTER_KEY"
    bin_id = options.bins[0].id if options.bins else DEMO_BIN
    page = url.removesuffix("/v3") + "/"
    control = ("" if public else f"-H {header} ") + url.removesuffix("/v3") + "/control"
    return "\n".join(
        [
            f"JSONBin on this machine: {url}",
            f"bins are kept in {options.store or 'memory, until this ends'}",
            *(f"  {bin.id}  {bin.name or ''}".rstrip() for bin in options.bins),
            "",
            f"jsonbin     export JSONBIN_API_URL={url} JSONBIN_MASTER_KEY={in_shell}",
            f"            jsonbin get {bin_id}",
            f"curl        curl -H {header} {url}/b/{bin_id}/latest",
            f"JavaScript  fetch('{url}/b/{bin_id}/latest', {{headers: {{'X-Master-Key': {in_script}}}}})",
            *([f"browser     {page} shows each request, the bins and the faults"] if options.has_page else []),
            f"to fail     curl -X PATCH {control} -H 'Content-Type: application/json' -d '{{\"script\": [\"502\"]}}'",
            "",
            "Ctrl-C ends it",
        ]
    )
