"""What a command reads before it writes, and the backups that it leaves."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import BIN, Program
from tests.scripted import ScriptedServer, Sent

OLD = b'{"n": 1.10, "old": true}'
READ = Sent("GET", f"/v3/b/{BIN}/latest")


def holds(server: ScriptedServer, record: bytes = OLD) -> None:
    """Let the next read find a record."""
    server.replies(200, b'{"record":%s,"metadata":{"id":"%s","private":true}}' % (record, BIN.encode()))


def backups(home: Path) -> list[Path]:
    """All backups under a home folder, the oldest first."""
    return sorted((home / ".local/state/jsonbin/backups").rglob("*.json"), key=lambda path: path.name)


def time_of(backup: Path) -> str:
    """When a backup was kept, as `history` shows it."""
    day, time = backup.stem.split("-", 1)[1].split("T")
    return f"{day}T{time.replace('-', ':')}"


def edits(jsonbin: Program, text: str) -> None:
    """Let the editor leave this text."""
    (jsonbin.home / "left").write_text(text)
    jsonbin.configure("default_profile = 'local'\n")
    jsonbin.env["EDITOR"] = f"cp {jsonbin.home}/left"
