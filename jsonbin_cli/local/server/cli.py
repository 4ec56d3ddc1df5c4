"""What `jsonbin serve` does from its options to its end."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from jsonbin_cli.config import keys, profiles
from jsonbin_cli.config.keys import LOCAL_MASTER_KEY
from jsonbin_cli.config.profiles import DEMO_BIN
from jsonbin_cli.failures import BadConfig, UsageMistake
from jsonbin_cli.local.api import settings
from jsonbin_cli.local.api.model import Settings
from jsonbin_cli.local.server import faults
from jsonbin_cli.local.server.control import PATH, Control
from jsonbin_cli.local.store import seeds
from jsonbin_cli.local.store.rows import Bin
from jsonbin_cli.local.store.sqlite import SqliteStore

_REMEMBERED = 100


class Offer(NamedTuple):
    """What is served where. `store` None is memory."""

    host: str
    port: int
    store: Path | None
    bins: list[Bin]
    settings: Settings
    plan: faults.Plan
    ready_file: Path | None


class Where(NamedTuple):
    """Where a server answers, once it does."""

    url: str
    master_key: str
    offer: Offer


def run(offer: Offer, announce: Callable[[Where], None], log: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `announce` is called once it listens.

    Raises BadConfig where the server library is missing, UsageMistake for an address that cannot be used.
    """
    need_the_extra()
    if offer.ready_file and offer.ready_file.is_file():
        offer.ready_file.unlink()  # it tells of a server that is gone
    asyncio.run(_until_told_to_stop(offer, announce, log))


def need_the_extra() -> None:
    """Raise BadConfig where what answers over HTTP is not installed."""
    try:
        import jsonschema  # noqa: F401
        import uvicorn  # noqa: F401
    except ModuleNotFoundError:
        raise BadConfig(
            "what answers over HTTP is not installed with jsonbin", "pip install 'jsonbin-cli[serve]'"
        ) from None


def opener(path: Path | None, bins: list[Bin]) -> Callable[[], SqliteStore]:
    """What opens a store and puts `bins` into it."""

    def open_store() -> SqliteStore:
        store = SqliteStore(path, seeds.demo())
        seeds.plant(store, bins)
        return store

    return open_store


def url_of(host: str, port: int) -> str:
    """The base address, as a client on this machine writes it."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/v3"


def warnings(offer: Offer) -> list[str]:
    """What listening there exposes; nothing where only this machine can connect."""
    try:
        loopback = offer.host == "localhost" or ipaddress.ip_address(offer.host).is_loopback
    except ValueError:
        loopback = False
    if loopback:
        return []
    return [
        f"on {offer.host} every machine that can connect may read, change and delete all bins, with a key that "
        "everybody knows unless JSONBIN_LOCAL_MASTER_KEY sets another, and may use the control endpoint; "
        "nothing is encrypted"
    ]


def store_of(path: Path | None, *, memory: bool) -> Path | None:
    """The file that the options name, None for memory; without either, the one of the profile `local`."""
    if memory and path:
        raise UsageMistake("--memory and --store exclude each other", "keep one of them")
    return None if memory else path or profiles.local_store()


def bins_of(seed: Path | None) -> list[Bin]:
    """The bins to start with. Raises InvalidInput."""
    return seeds.seeds_in(seed) if seed else []


def plan_of(latency: str | None, shares: list[str], script: str | None, dice: int) -> faults.Plan:
    """The misbehaviour that the options ask for. Raises UsageMistake."""
    shortest, _, longest = (latency or "0").partition("-")
    given = dict(share.partition("=")[::2] for share in shares)
    return faults.Plan(
        latency=faults.latency(_number(shortest), _number(longest or shortest)),
        shares=faults.shares({name: _number(share or "1") for name, share in given.items()}),
        script=faults.script(script.split(",")) if script else (),
        seed=dice,
    )


def settings_of(plan: str, quota: int | None, given: list[str]) -> Settings:
    """The settings that the options ask for, with the key from the environment. Raises UsageMistake, BadConfig."""
    pairs = dict(one.partition("=")[::2] for one in given)
    return settings.changed(Settings(keys.served_key().reveal(), plan, quota), pairs)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageMistake(f'"{text}" is not a number', "write 0.1, or a range of seconds as 0.1-0.5") from None


async def _until_told_to_stop(offer: Offer, announce: Callable[[Where], None], log: Callable[[str], None]) -> None:
    from jsonbin_cli.local.server.server import Server

    told = asyncio.Event()
    _on_signals(asyncio.get_running_loop(), told)
    server = Server(Control(offer.settings, offer.plan, _REMEMBERED), log)
    port = await server.start(offer.host, offer.port, opener(offer.store, offer.bins))
    where = Where(url_of(offer.host, port), offer.settings.master_key, offer)
    try:
        if offer.ready_file:
            _write_ready(offer.ready_file, where)
        announce(where)
        await told.wait()
    finally:
        await server.stop()


def _on_signals(loop: asyncio.AbstractEventLoop, told: asyncio.Event) -> None:
    """Be told to stop by the first SIGINT or SIGTERM; the second one ends the process as usual."""
    usual = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(*_: object) -> None:
        for number, handler in usual.items():
            signal.signal(number, handler)
        loop.call_soon_threadsafe(told.set)

    for number in usual:
        signal.signal(number, stop)


def _write_ready(path: Path, where: Where) -> None:
    """One line of JSON, there all at once and for the owner only: it holds a key."""
    from tempfile import NamedTemporaryFile

    line = json.dumps({"url": where.url, "master_key": where.master_key}) + "\n"
    try:
        if path.exists() and not path.is_file():  # a pipe, or /dev/stdout
            path.write_text(line)
            return
        with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            file.write(line)
        Path(file.name).replace(path)
    except OSError as wrong:
        raise UsageMistake(f"the ready file {path} cannot be written: {wrong.strerror}") from None


def banner(where: Where) -> str:
    """How to point jsonbin, curl and JavaScript at it."""
    url, public = where.url, where.master_key == LOCAL_MASTER_KEY
    # Another key than the public one is not shown.
    in_shell = f"'{where.master_key}'" if public else '"$JSONBIN_LOCAL_MASTER_KEY"'
    header = f"'X-Master-Key: {where.master_key}'" if public else '"X-Master-Key: $JSONBIN_LOCAL_MASTER_KEY"'
    in_script = f"'{where.master_key}'" if public else "process.env.JSONBIN_LOCAL_MASTER_KEY"
    bin_id = where.offer.bins[0].id if where.offer.bins else DEMO_BIN
    control = url.removesuffix("/v3") + PATH
    return "\n".join(
        [
            f"JSONBin on this machine: {url}",
            f"bins are kept in {where.offer.store or 'memory, until this ends'}",
            *(f"  {line}" for line in seeds.listing(where.offer.bins)),
            "",
            f"jsonbin     export JSONBIN_API_URL={url} JSONBIN_MASTER_KEY={in_shell}",
            f"            jsonbin get {bin_id}",
            f"curl        curl -H {header} {url}/b/{bin_id}/latest",
            f"JavaScript  fetch('{url}/b/{bin_id}/latest', {{headers: {{'X-Master-Key': {in_script}}}}})",
            f"to fail     curl -X PATCH {control} -H 'Content-Type: application/json' -d '{{\"script\": [\"502\"]}}'",
            "",
            "Ctrl-C ends it",
        ]
    )
