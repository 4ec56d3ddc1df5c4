"""The limit of open files, which is one of connections."""

from __future__ import annotations

from jsonbin_cli.local.server.file_limit import most_connections, raise_file_limit
from tests.local.server.serving import files_at_most


def test_a_server_of_its_own_may_have_more_connections_than_is_usual() -> None:
    """As many as the system lets it open files, less what it needs for itself; what is enough is left alone."""
    with files_at_most(1024):
        assert most_connections() == 900
        raise_file_limit()
        raised = most_connections()
        raise_file_limit()
        assert most_connections() == raised
    assert 900 <= raised <= 10_116
