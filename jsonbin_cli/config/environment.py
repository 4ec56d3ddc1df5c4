"""What the environment and the system say: folders, editor, proxy, certificates."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from jsonbin_cli.config.known_secrets import remember
from jsonbin_cli.failures import BadConfig

# The first is Debian's, and asks what the user chose; the last is on every Windows.
_EDITORS = ("sensible-editor", "nano", "vim", "vi", "notepad")
_NO_HOME = "this user has no home folder"
_KEY_VARIABLES = ("JSONBIN_MASTER_KEY", "JSONBIN_ACCESS_KEY", "JSONBIN_LOCAL_MASTER_KEY")


def config_path() -> Path:
    """JSONBIN_CONFIG, else `config.toml` in the user's config folder. Raises BadConfig for a user without one."""
    chosen = os.environ.get("JSONBIN_CONFIG")
    if chosen:
        try:
            return Path(chosen).expanduser()
        except RuntimeError:
            raise BadConfig(f"JSONBIN_CONFIG names {chosen}, and there is no such user") from None
    from platformdirs import user_config_path

    try:
        return user_config_path("jsonbin", appauthor=False) / "config.toml"
    except RuntimeError:
        raise BadConfig(_NO_HOME, "set HOME, or JSONBIN_CONFIG") from None


def keys_set() -> list[str]:
    """The keys that the environment holds, whether this run uses them or not."""
    return [os.environ[name].strip() for name in _KEY_VARIABLES if name in os.environ]


def without_keys() -> dict[str, str]:
    """The environment for another program: without keys, and without the names of files that hold one."""
    return {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in _KEY_VARIABLES}


def in_github_actions() -> bool:
    """Whether this runs in GitHub Actions, where a key comes from a secret of the repository."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def github_output() -> str | None:
    """The file in which GitHub Actions takes the outputs of a step; None where there is none."""
    return os.environ.get("GITHUB_OUTPUT") or None


def insecure_http() -> bool:
    """Whether JSONBIN_INSECURE_HTTP allows plain http to a host of the own network. Raises BadConfig."""
    value = os.environ.get("JSONBIN_INSECURE_HTTP") or "0"
    if value not in ("0", "1"):
        raise BadConfig("JSONBIN_INSECURE_HTTP must be 1 or 0", "set it to 1, or unset it")
    return value == "1"


def store_path() -> Path:
    """The file of the profile `local`. Raises BadConfig for a user without a home folder."""
    from platformdirs import user_data_path

    try:
        return user_data_path("jsonbin", appauthor=False) / "local.sqlite3"
    except RuntimeError:
        raise BadConfig(_NO_HOME, "set HOME") from None


def state_folder() -> Path:
    """Where backups and drafts are kept. Raises BadConfig for a user without a home folder."""
    from platformdirs import user_state_path

    try:
        return user_state_path("jsonbin", appauthor=False)
    except RuntimeError:
        raise BadConfig(f"{_NO_HOME}, so there is no place for backups", "set HOME, or XDG_STATE_HOME") from None


def editor() -> str | None:
    """The user's editor: VISUAL, else EDITOR, else the first usual one there is; None where there is none."""
    import shutil

    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    return chosen.strip() or next((name for name in _EDITORS if shutil.which(name)), None)


def asks_for_completions() -> bool:
    """Whether a shell's completion script runs this program."""
    return "_JSONBIN_COMPLETE" in os.environ


def proxy_for(host: str) -> str | None:
    """The URL of the proxy to an https address on `host`; None where there is none.

    From HTTPS_PROXY, ALL_PROXY and NO_PROXY, and on macOS and Windows from the system's settings.
    """
    if sys.platform not in ("darwin", "win32") and not any(
        os.environ.get(name) or os.environ.get(name.upper()) for name in ("https_proxy", "all_proxy")
    ):
        return None  # without importing urllib.request, which takes long
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    proxy = proxies.get("https") or proxies.get("all")
    if proxy is None or proxy_bypass(host):
        return None
    password = re.search(r":([^:@/]+)@", proxy)
    if password:
        remember(password[1])
    return proxy


def trusted_certificates() -> tuple[str | None, str | None]:
    """A bundle and a folder of certificates to trust, each None where it is not to be loaded.

    SSL_CERT_FILE and SSL_CERT_DIR where they are set; else the system's folder if its entries are
    hashed, which costs a hundredth of parsing a bundle; else the system's bundle, else certifi's.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or folder:
        return file or None, folder or None
    import ssl

    system = ssl.get_default_verify_paths().openssl_capath
    if os.path.isdir(system) and any(name.endswith(".0") for name in os.listdir(system)):
        return None, system
    bundle = ssl.get_default_verify_paths().cafile
    if bundle:
        return bundle, None
    import certifi

    return certifi.where(), None
