"""Where a call goes: to the address of a profile, to JSONBIN_API_URL, or to the service."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from jsonbin_cli.config.environment import insecure_http
from jsonbin_cli.config.keys import LOCAL_MASTER_KEY, Key, Secret
from jsonbin_cli.failures import BadConfig

if TYPE_CHECKING:
    from jsonbin_cli.config.account import Profile

API_URL = "https://api.jsonbin.io/v3"
_STORE_URL = "http://local/v3"
_SERVICE = f"the service is at {API_URL}"
_SWITCH = "JSONBIN_INSECURE_HTTP=1, or insecure_http = true in the profile"
# Names that only hosts of the own network have. Numbers are left out: a resolver takes them for addresses.
_OWN_NETWORK = r"(?!0x)[a-z0-9_-]*[a-z][a-z0-9_-]*|.+\.(?:internal|local|test)\.?"


class Address(NamedTuple):
    """A URL without a slash at its end, and the setting that it comes from."""

    url: str
    source: str


def address_of(profile: Profile | None, *, chosen: bool) -> Address:
    """Where calls for `profile` go; `chosen` is whether `--profile` names it. Raises BadConfig."""
    own = Address(profile.url, f'profile "{profile.name}"') if profile and profile.url else None
    if profile and profile.path:
        return Address(_STORE_URL, f'profile "{profile.name}"')
    if chosen and own:
        return own
    url = os.environ.get("JSONBIN_API_URL")
    if url:
        return Address(checked_url(url, "JSONBIN_API_URL"), "JSONBIN_API_URL")
    return own or Address(API_URL, "the default")


def checked_url(url: str, source: str) -> str:
    """`url` without a slash at its end. Raises BadConfig, which names the `source`, where it is no plain address."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (asking for it checks it)
    except ValueError:
        raise BadConfig(f"{source} is not a URL", _SERVICE) from None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise BadConfig(f"{source} must start with https://", _SERVICE)
    if (
        not all(0 < len(label) < 64 for label in parts.hostname.removesuffix(".").split("."))
        or parts.username is not None
        or parts.query
        or parts.fragment
        or not url.isascii()
        or not url.isprintable()
        or " " in url
    ):
        raise BadConfig(f"{source} must be a plain address, without a user, query or blank", _SERVICE)
    return url.rstrip("/")


def refuse_plain_http(address: Address, profile: Profile | None, key: Key | None) -> None:
    """Raise BadConfig where a key or a record would travel unencrypted, unless somebody asked for that.

    Plain http is for this machine. Where the profile or JSONBIN_INSECURE_HTTP says so it is also for hosts of the own
    network, and for the key of local stores, which everybody knows.
    """
    if address.url.startswith("https:") or (profile and profile.path):
        return  # nearly always so, and then the import below is not needed
    from urllib.parse import urlsplit

    parts = urlsplit(address.url)
    host = parts.hostname or ""
    if parts.scheme == "https" or is_this_machine(host):
        return
    own_network = re.fullmatch(_OWN_NETWORK, host) is not None
    if (profile and profile.insecure_http) or insecure_http():
        if own_network or (key and key.secret == Secret(LOCAL_MASTER_KEY)):
            return
        hint = (
            f"{_SERVICE}; with a key of your own, plain http is for hosts of your own network: "
            "a single name, or one that ends in .internal, .local or .test"
        )
    elif own_network:
        hint = f"plain http to {host} has to be allowed: {_SWITCH}"
    else:
        hint = f"{_SERVICE}; plain http is for this machine, and for hosts of your own network with {_SWITCH}"
    setting = address.source if address.source == "JSONBIN_API_URL" else f"url of {address.source}"
    raise BadConfig(f"{setting} must start with https://", hint)


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine, by its name or number."""
    return host in ("localhost", "::1") or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None
