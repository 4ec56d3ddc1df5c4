"""A client for a server of one's own."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from jsonbin_cli.local.testing import LocalJSONBin


@pytest.fixture
def client(jsonbin_server: LocalJSONBin) -> Iterator[httpx.Client]:
    """A client with the master key, for JSON."""
    headers = {"x-master-key": jsonbin_server.master_key, "content-type": "application/json"}
    with httpx.Client(base_url=jsonbin_server.url, headers=headers, trust_env=False, verify=False) as client:
        yield client


@pytest.fixture
def control(jsonbin_server: LocalJSONBin) -> Iterator[httpx.Client]:
    """A client for the control endpoint."""
    with httpx.Client(base_url=jsonbin_server.url.removesuffix("/v3"), trust_env=False, verify=False) as client:
        yield client
