"""A server over HTTPS, whose certificate nobody trusts unless told to."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.conftest import Program
from tests.scripted import ScriptedServer


@pytest.fixture
def authority() -> trustme.CA:
    """A certificate authority that nobody trusts yet."""
    return trustme.CA()


@pytest.fixture
def tls_server(authority: trustme.CA, jsonbin: Program) -> Iterator[ScriptedServer]:
    """The scripted server over HTTPS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with ScriptedServer(context) as server:
        jsonbin.env["JSONBIN_API_URL"] = server.url
        yield server
    assert server.script == []
    assert server.unexpected == []


@pytest.fixture
def trusted(authority: trustme.CA, jsonbin: Program) -> Path:
    """The authority's certificate as a file."""
    path = jsonbin.home / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return path
