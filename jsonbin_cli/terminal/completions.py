"""The completion scripts that are installed with this program, and how each shell loads its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shlex import quote

# Where pyproject.toml puts each script.
_BASH = "share/bash-completion/completions/jsonbin"
_ZSH = "share/zsh/site-functions/_jsonbin"
_FISH = "share/fish/vendor_completions.d/jsonbin.fish"
_POWERSHELL = "share/jsonbin/completions/jsonbin.ps1"


def lines() -> Iterator[tuple[str, str, str]]:
    """For each shell its name, the line that loads the completions, and where that line belongs."""
    yield "bash", f". {quote(str(_installed(_BASH)))}", "~/.bashrc"
    yield "zsh", f"fpath=({quote(str(_installed(_ZSH).parent))} $fpath)", "~/.zshrc, above the line with compinit"
    yield "fish", f"source {quote(str(_installed(_FISH)))}", "~/.config/fish/config.fish"
    yield "PowerShell", f". {quote(str(_installed(_POWERSHELL)))}", "the file that $PROFILE names"


def _installed(script: str) -> Path:
    """The path of a script, wherever pip, pipx or another installer put it."""
    from importlib.metadata import files

    found = next(file for file in files("jsonbin-cli") or () if file.as_posix().endswith(script))
    return Path(found.locate()).resolve()
