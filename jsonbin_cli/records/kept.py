"""Where on this machine something is kept of a bin."""

from __future__ import annotations

import os
import re
from pathlib import Path

from jsonbin_cli.config.account import Account, Target
from jsonbin_cli.config.environment import state_folder


def folder_of(what: str, account: Account, target: Target) -> Path:
    """The folder in which `what` of one bin is kept.

    The same id may be in several stores on one machine, as that of `demo` is.
    """
    if account.store:
        from hashlib import sha256

        where = f"store-{sha256(os.path.realpath(account.store).encode()).hexdigest()[:12]}"
    else:
        where = re.sub(r"[^A-Za-z0-9.-]", "_", account.url.split("/")[2])
    return state_folder() / what / where / target.id.lower()
