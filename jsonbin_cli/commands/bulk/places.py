"""What `apply` was pointed at: a folder, a manifest, or a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsonbin_cli.failures import BadConfig, UsageMistake
from jsonbin_cli.records.folders.manifest import Folder, folder_at
from jsonbin_cli.records.folders.plan_file import Planned, is_plan, read_plan

if TYPE_CHECKING:
    from jsonbin_cli.config.account import Account


def place_of(path: str, account: Account, *, plans: bool, forces: bool) -> tuple[Folder, dict[str, Planned] | None]:
    """The folder of that path, or that of the plan at that path with its updates, by the bin's id.

    Raises InvalidInput, UsageMistake for options that a plan has already decided, and BadConfig for a plan that was
    made for another address.
    """
    if not is_plan(path):
        aliases = account.profile.bins if account.profile else {}
        return folder_at(path, aliases, account.name), None
    if plans or forces:
        raise UsageMistake(
            f"{path} is a plan already, and --plan and --force are for making one"
            if plans
            else f"{path} is a plan, which replaces only what it names, so --force has no place there",
            "leave the option out",
        )
    plan = read_plan(path)
    if plan.address != account.url:
        raise BadConfig(
            f"{path} was made for another address than that of this call",
            "choose the profile that it was made with: --profile NAME",
        )
    if not plan.updates:
        raise UsageMistake(f"{path} has no updates")
    return plan.folder, {one.entry.id: one for one in plan.updates}
