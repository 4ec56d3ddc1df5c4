"""`jsonbin check`."""

from jsonbin_cli.commands.options import ASKING, Bin, Options, shared


@shared(*ASKING, "tries")
def check_(bin: Bin, *, options: Options) -> None:
    """Finish the check of updates with --merge that were cut off, and put back what they overwrote."""
    import json

    from jsonbin_cli.commands.merging import Merging
    from jsonbin_cli.commands.sending import client_for
    from jsonbin_cli.config.profiles import resolve
    from jsonbin_cli.failures import NotArrived
    from jsonbin_cli.records import unchecked
    from jsonbin_cli.terminal import output

    account = resolve(options.profile)
    target = account.bin(bin)
    found = []
    missing = 0
    with client_for(account, options) as client:
        # What one of them is to take from an array, the next one may have to put back.
        for is_last in (False, True):
            for note in unchecked.left(account, target):
                update = note.read()
                if update is None:
                    note.remove()
                    continue
                settled = Merging(account, target, options, client).finish(note, update, is_last=is_last)
                if settled and settled.owed and not is_last:
                    continue
                missing += settled is None
                found.append({"arrived": settled is not None, "version": settled.version if settled else None})
    if missing:
        raise NotArrived(
            f"{missing} of {len(found)} updates of {target.name} did not arrive",
            "run them again",
            bin=target.id,
        )
    if not options.quiet:
        lines = [f"version {one['version']} is in the bin, and nothing is missing" for one in found]
        output.show_listing(json.dumps(found), "\n".join(lines) or "there is nothing to check")
