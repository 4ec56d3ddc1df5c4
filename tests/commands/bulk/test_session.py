"""One run over many bins: how many threads it has."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from jsonbin_cli.commands.bulk.session import Limits, Session
from jsonbin_cli.commands.options import Options
from jsonbin_cli.config.account import Account, Profile


@pytest.mark.parametrize(("path", "threads"), [(None, 8), (Path("store.sqlite3"), 1)])
def test_an_embedded_store_has_one_thread(path: Path | None, threads: int) -> None:
    """Since it does one thing at a time; a server has as many as are asked for."""
    account = Account(Profile("a", path=path), None, "http://127.0.0.1:9/v3", "the default")
    before = threading.active_count()
    with Session(account, Options(), Limits(jobs=8)):
        assert threading.active_count() - before == threads
