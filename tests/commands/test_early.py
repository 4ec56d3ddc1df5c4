"""The connection that is begun before the command line is parsed: for whom, where to, and that there is only one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from jsonbin_cli.app import GROUPS
from jsonbin_cli.commands import early
from jsonbin_cli.config.account import Account
from jsonbin_cli.http.connect import open_early
from tests.conftest import BIN, Program


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server that only listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        yield listener


def url_of(listener: socket.socket) -> str:
    """The address of a server that listens."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}/v3"


def is_asked(listener: socket.socket) -> bool:
    """Whether a connection came that nobody has accepted yet."""
    listener.setblocking(False)
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@pytest.fixture(autouse=True)
def configured(jsonbin: Program, listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """The profile `near`, and no other, is the server; `far` is the default, and `shop` a store."""
    jsonbin.configure(
        f"default_profile = 'far'\n[profiles.near]\nurl = '{url_of(listener)}'\n"
        "[profiles.far]\nurl = 'http://127.0.0.1:9'\n[profiles.shop]\npath = 'shop.sqlite3'\n"
    )
    monkeypatch.setenv("JSONBIN_CONFIG", str(jsonbin.config))
    for name in ("JSONBIN_API_URL", "JSONBIN_PROFILE"):
        monkeypatch.delenv(name, raising=False)


def test_it_is_for_the_commands_that_talk_to_jsonbin() -> None:
    """Those of the first three groups."""
    titles = ("Change a record", "Look, and go back", "Many bins")
    assert {name for title in titles for name in GROUPS[title]} == early.COMMANDS


@pytest.mark.parametrize(
    "arguments",
    [
        ["update", BIN, "-p", "near"],
        ["update", "--profile", "near", BIN],
        ["set", BIN, "a=1", "--profile=near"],
        ["get", BIN, "-pnear"],
        ["get", BIN, "-qp", "near"],
    ],
)
def test_it_is_the_connection_that_a_command_uses(listener: socket.socket, arguments: list[str]) -> None:
    """The one that was begun, with the time that the command line leaves it, and no other."""
    early.begin(arguments)
    connecting = open_early(Account(None, None, url_of(listener), "the default"), 7)
    assert connecting is not None
    assert connecting.seconds == 7
    connecting.opened()
    listener.accept()[0].close()
    assert not is_asked(listener)
    connecting.drop()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--version"],
        ["explain", "401", "-p", "near"],
        ["update", BIN, "--help", "-p", "near"],
        ["update", BIN, "-n", "-p", "near"],
        ["update", BIN, "-qn", "-p", "near"],
        ["update", BIN, "--dry-run", "-p", "near"],
        ["update", BIN, "-p", "shop"],
        ["update", BIN, "-p", "nobody"],
        ["update", BIN, "-p"],
    ],
)
def test_where_none_is_begun(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing will be sent, or nobody can say yet where to."""
    started: list[threading.Thread] = []
    monkeypatch.setattr(threading.Thread, "start", started.append)
    early.begin(arguments)
    assert started == []


def test_one_that_leads_elsewhere_is_closed(listener: socket.socket) -> None:
    """The command line may name another account than it seemed to."""
    early.begin(["get", BIN, "-p", "near"])
    with socket.create_server(("127.0.0.1", 0)) as other:
        connecting = open_early(Account(None, None, url_of(other), "the default"), 30)
        assert connecting is not None
        connecting.opened()
        connecting.drop()
    begun, _ = listener.accept()
    with begun:
        assert begun.recv(1) == b""
