"""Where the early connection goes, and how long it may take."""

from __future__ import annotations

from pathlib import Path

import pytest

from jsonbin_cli.config.account import Account, Profile
from jsonbin_cli.http.connect import open_early


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names no proxy."""
    for name in ("HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("url", "timeout", "port", "seconds"),
    [
        ("http://127.0.0.1/v3", 30, 80, 10),
        ("http://127.0.0.1:9/v3", 9.9, 9, 9.9),
        ("https://127.0.0.1/v3", 10.1, 443, 10),
        ("https://127.0.0.1:9/v3", 3600, 9, 10),
    ],
)
def test_it_takes_ten_seconds_at_most(url: str, timeout: float, port: int, seconds: float) -> None:
    """And less where an answer may take less; the port is the usual one where the address names none."""
    connecting = open_early(Account(None, None, url, "the default"), timeout)
    assert connecting is not None
    connecting.drop()
    assert (connecting.host, connecting.port, connecting.seconds) == ("127.0.0.1", port, seconds)
    assert (connecting.context is not None) == url.startswith("https")
    again = connecting.again()
    again.drop()
    assert (again.host, again.port, again.seconds) == ("127.0.0.1", port, seconds)


def test_where_none_is_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """For a store on this machine, and where a proxy is in the way of https."""
    profile = Profile("shop", path=tmp_path)
    assert open_early(Account(profile, None, "http://local/v3", "the default"), 30) is None
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert open_early(Account(None, None, "https://jsonbin.test/v3", "the default"), 30) is None
