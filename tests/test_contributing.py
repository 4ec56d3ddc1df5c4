"""What the guide for contributors names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / ".github" / "CONTRIBUTING.md").read_text()
INSIDE = ("", "commands", "local", "local/api", "local/server")
PLACES = (ROOT, *(ROOT / "jsonbin_cli" / folder for folder in INSIDE))


def test_the_files_that_it_names_exist() -> None:
    """Each path, wherever it is named from, and each module that is named with what is in it."""
    files = set(re.findall(r"[\w./-]+\.(?:py|toml|yaml|yml|md)\b|[\w./]+/(?=[ `,:])", GUIDE))
    modules = {f"{name}.py" for name in re.findall(r"`((?:\w+/)+\w+)\.\w+`", GUIDE)}
    assert len(files | modules) > 30
    assert {name for name in files | modules if not any((place / name).exists() for place in PLACES)} == set()


def test_it_is_short() -> None:
    """At most 120 lines, so that it is read."""
    assert len(GUIDE.splitlines()) <= 120
