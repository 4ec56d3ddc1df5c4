"""The pytest fixture `jsonbin_server`: JSONBin on this machine, for one test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jsonbin_cli.local.testing import LocalJSONBin


@pytest.fixture
def jsonbin_server() -> Iterator[LocalJSONBin]:
    """A JSONBin of its own on a free port of 127.0.0.1, in memory, with the bin `demo`."""
    # Imported here, so that a pytest run that does not ask for it pays nothing.
    from jsonbin_cli.failures import BadConfig
    from jsonbin_cli.local.server.cli import need_the_extra

    try:
        need_the_extra()
    except BadConfig as missing:
        pytest.fail(f"{missing.message}: {missing.hint}")
    from jsonbin_cli.local.testing import LocalJSONBin

    # The end of a server takes some tenths of a second, which the next test need not wait for.
    server = LocalJSONBin().start()
    yield server
    server.stop()
