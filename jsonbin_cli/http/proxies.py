"""Through a proxy: its address, which httpx reads with the user and the password in it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import httpcore
import httpx

from jsonbin_cli.config.environment import proxy_for
from jsonbin_cli.failures import BadConfig


def proxied_pool(host: str, settings: dict[str, Any]) -> httpcore.ConnectionPool:
    """What sends by the proxy to `host`. Raises BadConfig where it cannot be used."""
    address = proxy_for(host) or ""
    try:
        proxy = httpx.Proxy(address if "://" in address else f"http://{address}")
    except (ValueError, httpx.InvalidURL):  # whose text could hold the proxy's password
        raise no_url() from None
    raw = proxy.url
    url = httpcore.URL(scheme=raw.raw_scheme, host=raw.raw_host, port=raw.port, target=raw.raw_path)
    if not raw.scheme.startswith("socks"):
        return httpcore.HTTPProxy(url, proxy_auth=proxy.raw_auth, proxy_headers=proxy.headers.raw, **settings)
    if find_spec("socksio") is None:
        from jsonbin_cli.config.installing import install

        raise BadConfig("a SOCKS proxy is set, and its support is not installed", install("socksio>=1,<2"))
    return httpcore.SOCKSProxy(url, proxy_auth=proxy.raw_auth, **settings)


def no_url() -> BadConfig:
    """The failure for an address of a proxy that leads nowhere."""
    return BadConfig("the proxy in HTTPS_PROXY or ALL_PROXY is not a URL", "write it as http://HOST:PORT")
