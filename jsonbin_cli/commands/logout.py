"""`jsonbin logout`."""

from jsonbin_cli.commands.options import Profile, shared


@shared()
def logout_(profile: Profile = None) -> None:
    """Remove the key, or the command that prints it, from a profile. Its aliases and settings stay."""
    from jsonbin_cli.commands.config import tell
    from jsonbin_cli.config.login import logout

    tell(logout(profile))
