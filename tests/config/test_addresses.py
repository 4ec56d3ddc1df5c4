"""Where a call goes: plain http only to this machine, or where somebody says so; and what `config` shows of it."""

from __future__ import annotations

import json

import pytest

from tests.conftest import BIN, CANARY, Program, Run
from tests.scripted import ScriptedServer
from tests.systems import run_where

SENT = "[1]"
PUBLIC_KEY = "$2b$10$this.key.opens.only.stores.that.live.on.this.machine/"
SWITCH = "JSONBIN_INSECURE_HTTP=1, or insecure_http = true in the profile"
SERVICE = "the service is at https://api.jsonbin.io/v3"
OUTSIDE = f"hint: {SERVICE}; plain http is for this machine, and for hosts of your own network with {SWITCH}\n"
WITH_OWN_KEY = (
    f"hint: {SERVICE}; with a key of your own, plain http is for hosts of your own network: "
    "a single name, or one that ends in .internal, .local or .test\n"
)
OWN_NETWORK = ["jsonbin", "my_serve-2", "serve.internal", "a.b.local", "ci.test", "SERVE.Internal", "ci.test."]
ELSEWHERE = [
    "api.jsonbin.io",
    "127.evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "10.0.0.5",
    "2130706433",
    "0x7f000001",
    "0xff",
    "[fe80::1]",
    "jsonbin.",
    "evil.notlocal",
    "serve.internal.example",
    "1.0.0.127",
    "127.0.0",
]


def update(jsonbin: Program, url: str, **env: str) -> Run:
    """A dry run of an update with that address in the environment."""
    return jsonbin("update", BIN, "--dry-run", stdin=SENT, env={"JSONBIN_API_URL": url} | env)


def shown(run: Run) -> str:
    """The address that a dry run shows."""
    assert (run.code, run.err) == (0, "")
    return str(json.loads(run.out)["url"])


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "[::1]"])
def test_plain_http_to_this_machine(jsonbin: Program, host: str) -> None:
    """Nothing has to be allowed there."""
    url = f"http://{host}:8900/v3"
    assert shown(update(jsonbin, url)) == f"{url}/b/{BIN}"


@pytest.mark.parametrize("host", OWN_NETWORK)
def test_plain_http_to_the_own_network(jsonbin: Program, host: str) -> None:
    """It is refused with a hint that names the switch, and passes with the one or the other."""
    url = f"http://{host}:8900/v3"
    run = update(jsonbin, url)
    assert run == Run(
        2,
        "",
        "error: JSONBIN_API_URL must start with https://\n"
        f"hint: plain http to {host.lower()} has to be allowed: {SWITCH}\n",
    )
    assert update(jsonbin, url, JSONBIN_INSECURE_HTTP="0") == run
    assert shown(update(jsonbin, url, JSONBIN_INSECURE_HTTP="1")) == f"{url}/b/{BIN}"
    jsonbin.configure(f"default_profile = 'x'\n[profiles.x]\nmaster_key = '{CANARY}'\ninsecure_http = true\n")
    assert shown(update(jsonbin, url)) == f"{url}/b/{BIN}"
    jsonbin.configure(f"[profiles.x]\nurl = '{url}'\ninsecure_http = false\n")
    run = jsonbin("get", BIN, "-n", "-p", "x")
    assert run.err.startswith('error: url of profile "x" must start with https://\nhint: plain http to ')
    jsonbin.configure(f"[profiles.x]\nurl = '{url}'\ninsecure_http = true\n")
    assert shown(jsonbin("get", BIN, "-n", "-p", "x")).startswith(url)


@pytest.mark.parametrize("host", ELSEWHERE)
def test_plain_http_to_any_other_host(jsonbin: Program, host: str) -> None:
    """It is refused whatever is allowed, but for the key that everybody knows anyway."""
    url = f"http://{host}:8900/v3"
    refused = "error: JSONBIN_API_URL must start with https://\n"
    assert update(jsonbin, url) == Run(2, "", refused + OUTSIDE)
    assert update(jsonbin, url, JSONBIN_INSECURE_HTTP="1") == Run(2, "", refused + WITH_OWN_KEY)
    assert update(jsonbin, url, JSONBIN_MASTER_KEY=PUBLIC_KEY) == Run(2, "", refused + OUTSIDE)
    allowed = update(jsonbin, url, JSONBIN_INSECURE_HTTP="1", JSONBIN_MASTER_KEY=PUBLIC_KEY)
    assert shown(allowed) == f"{url}/b/{BIN}"
    jsonbin.configure("")
    assert update(jsonbin, url, JSONBIN_INSECURE_HTTP="1") == Run(2, "", refused + WITH_OWN_KEY)


def test_https_needs_no_switch(jsonbin: Program) -> None:
    """In whatever case its scheme is written."""
    assert shown(update(jsonbin, "HTTPS://proxy.example/v3/")) == f"HTTPS://proxy.example/v3/b/{BIN}"


@pytest.mark.parametrize("value", ["yes", "true", "2"])
def test_a_switch_that_is_neither_on_nor_off(jsonbin: Program, value: str) -> None:
    """It is not taken for either; where it decides nothing it is not looked at."""
    run = update(jsonbin, "http://jsonbin:8900/v3", JSONBIN_INSECURE_HTTP=value)
    assert run == Run(2, "", "error: JSONBIN_INSECURE_HTTP must be 1 or 0\nhint: set it to 1, or unset it\n")
    assert update(jsonbin, "https://jsonbin:8900/v3", JSONBIN_INSECURE_HTTP=value).code == 0


def test_a_call_to_another_container_arrives(jsonbin: Program, server: ScriptedServer) -> None:
    """`serve` in another container has a single name, which the container's resolver knows."""
    jsonbin.env |= {"JSONBIN_API_URL": f"http://jsonbin:{server.port}/v3", "JSONBIN_INSECURE_HTTP": "1"}
    resolver = (
        "import socket\n"
        "asked = socket.getaddrinfo\n"
        "def answer(host, *rest, **more): return asked(b'127.0.0.1' if host == b'jsonbin' else host, *rest, **more)\n"
        "socket.getaddrinfo = answer\n"
    )
    server.echoes()
    assert run_where(resolver, jsonbin, "update", BIN, "-q", stdin=SENT) == Run(0, "", "")
    assert server.headers[0]["Host"] == f"jsonbin:{server.port}"


def test_config_shows_where_calls_go(jsonbin: Program) -> None:
    """JSONBIN_API_URL is where calls go, but for a profile with a url of its own that is named."""
    jsonbin.configure(
        f"default_profile = 'work'\n[profiles.work]\nmaster_key = '{CANARY}'\nurl = 'https://work.example/v3'\n"
        f"[profiles.home]\naccess_key = '{CANARY}'\n[profiles.ci]\nurl = 'https://ci.example/v3'\n"
    )
    jsonbin.env["JSONBIN_API_URL"] = "https://proxy.example/v3"
    store = f"{jsonbin.home}/.local/share/jsonbin/local.sqlite3"
    width = max(len(store), 44)
    assert jsonbin("config", "list").out == (
        f"* work   {'https://proxy.example/v3 (JSONBIN_API_URL)':{width}}  master key\n"
        f"  home   {'https://proxy.example/v3 (JSONBIN_API_URL)':{width}}  access key\n"
        f"  ci     {'https://ci.example/v3':{width}}  no key\n"
        f"  local  {store:{width}}  no key needed\n"
        "      demo  de30de30de30de30de30de30\n"
        'a call goes to https://proxy.example/v3 (JSONBIN_API_URL), with the master key of profile "work"\n'
    )
    assert jsonbin("config", "check").out == (
        f"ok  {jsonbin.config} can be read\n"
        'ok  profile "work" is in use\n'
        'ok  a call goes to https://proxy.example/v3 (JSONBIN_API_URL), with the master key of profile "work"\n'
        'ok  profile "work" goes to https://proxy.example/v3 (JSONBIN_API_URL), with 0 aliases\n'
        'ok  the master key from profile "work" has the shape of a key\n'
        'ok  profile "home" goes to https://proxy.example/v3 (JSONBIN_API_URL), with 0 aliases\n'
        'ok  the access key from profile "home" has the shape of a key\n'
        'ok  profile "ci" goes to https://ci.example/v3, with 0 aliases\n'
        'ok  profile "ci" has no key, which is enough for public bins\n'
    )
    assert jsonbin("config", "check", "-p", "work").out == (
        f"ok  {jsonbin.config} can be read\n"
        'ok  profile "work" is in use\n'
        'ok  a call goes to https://work.example/v3, with the master key of profile "work"\n'
        'ok  profile "work" goes to https://work.example/v3, with 0 aliases\n'
        'ok  the master key from profile "work" has the shape of a key\n'
    )
    for option, host in (([], "proxy"), (["-p", "work"], "work"), (["-p", "home"], "proxy"), (["-p", "ci"], "ci")):
        assert shown(jsonbin("get", BIN, "-n", *option)) == f"https://{host}.example/v3/b/{BIN}/latest"


def test_config_shows_a_key_of_the_environment(jsonbin: Program) -> None:
    """It comes before the profile's, and sets a default store aside."""
    jsonbin.configure(f"default_profile = 'work'\n[profiles.work]\nmaster_key = '{CANARY}'\n")
    jsonbin.env["JSONBIN_ACCESS_KEY"] = CANARY
    last = "a call goes to https://api.jsonbin.io/v3, with the access key from JSONBIN_ACCESS_KEY"
    assert jsonbin("config", "list").out.splitlines()[-1] == last
    assert f"ok  {last}\n" in jsonbin("config", "check").out
    assert jsonbin("config", "use", "local").code == 0
    assert jsonbin("config", "list").out.splitlines()[-1] == last
    del jsonbin.env["JSONBIN_ACCESS_KEY"]
    store = f"{jsonbin.home}/.local/share/jsonbin/local.sqlite3"
    assert jsonbin("config", "list").out.splitlines()[-1] == f"a call goes to {store}, with no key"


def test_config_shows_calls_that_would_fail(jsonbin: Program) -> None:
    """A plain address that is not allowed, and two variables that contradict each other."""
    jsonbin.env["JSONBIN_API_URL"] = "http://jsonbin:8900/v3"
    assert jsonbin("config", "list").out.splitlines()[-1] == "a call fails: see jsonbin config check"
    run = jsonbin("config", "check")
    assert run.code == 1
    assert (
        f"bad JSONBIN_API_URL must start with https://; plain http to jsonbin has to be allowed: {SWITCH}\n" in run.out
    )
    assert jsonbin("config", "check", env={"JSONBIN_INSECURE_HTTP": "1"}).code == 0
    run = jsonbin("config", "check", env={"JSONBIN_API_URL": "", "JSONBIN_PROFILE": "local"})
    assert 'bad JSONBIN_MASTER_KEY holds a key, and JSONBIN_PROFILE names "local", which needs none' in run.out
