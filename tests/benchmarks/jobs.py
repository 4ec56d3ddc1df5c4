"""What is compared: each client's own way of sending the same update, with the same headers."""

import os
import shutil
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.pairs import Job
from tests.benchmarks.trust import Trust

BIN = "65a1b2c3d4e5f60718293a4b"
# It has the shape of a key and opens nothing.
_KEY = "$2b$10$" + "NotAKey." * 6 + "12345"


class Clients(NamedTuple):
    """The programs, each with its environment. Those of others are None where they are not installed."""

    python: str
    jsonbin: str
    cat: str
    curl: str | None
    jq: str | None
    http: str | None
    jsonbin_env: dict[str, str]
    other_env: dict[str, str]
    http_env: dict[str, str]
    headers: Path
    trust: Trust

    def bare(self) -> Job:
        """The interpreter, and nothing more."""
        return Job(((self.python, "-c", "pass"),), self.other_env)

    def help(self) -> Job:
        """`jsonbin --help`."""
        return Job(((self.jsonbin, "--help"),), self.jsonbin_env)

    def update_local(self, record: Path) -> Job:
        """An update of the embedded store."""
        return Job(((self.jsonbin, "update", "-p", "local", "demo", str(record)),), self.jsonbin_env)

    def update(self, port: int, record: Path) -> Job:
        """`jsonbin update BIN FILE`."""
        return Job(((self.jsonbin, "update", BIN, str(record)),), self._to(port))

    def update_in_pipe(self, port: int, record: Path) -> Job:
        """`cat FILE | jsonbin update BIN`."""
        return Job(((self.cat, str(record)), (self.jsonbin, "update", BIN)), self._to(port))

    def put_with_curl(self, port: int, record: Path) -> Job | None:
        """What the service's own documentation shows."""
        return Job((self._curl(port, str(record)),), self.other_env) if self.curl else None

    def put_with_jq_and_curl(self, port: int, record: Path) -> Job | None:
        """The same with the record checked before and the reply after, as `jsonbin` does."""
        if not self.curl or not self.jq:
            return None
        return Job(((self.jq, ".", str(record)), self._curl(port, "-"), (self.jq, ".")), self.other_env)

    def put_with_jq_and_curl_in_pipe(self, port: int, record: Path) -> Job | None:
        """`cat FILE | jq . | curl | jq .`."""
        if not self.curl or not self.jq:
            return None
        return Job(((self.cat, str(record)), (self.jq, "."), self._curl(port, "-"), (self.jq, ".")), self.other_env)

    def put_with_httpie(self, port: int, record: Path) -> Job | None:
        """`http PUT URL < FILE`."""
        if not self.http:
            return None
        call = (self.http, f"--verify={self.trust.bundle}", "PUT", _url(port), f"X-Master-Key:{_KEY}")
        return Job((call,), self.http_env, record)

    def _curl(self, port: int, data: str) -> tuple[str, ...]:
        assert self.curl
        options = ("-sS", "--fail-with-body", "-X", "PUT", "-H", f"@{self.headers}", "--data-binary", f"@{data}")
        return (self.curl, *options, _url(port))

    def _to(self, port: int) -> dict[str, str]:
        return self.jsonbin_env | {"JSONBIN_API_URL": f"https://127.0.0.1:{port}/v3"}


def clients(folder: Path, ours: Path, httpie: Path | None, trust: Trust) -> Clients:
    """The clients, their home folders made under `folder`; `ours` and `httpie` are `bin` folders of environments."""
    headers = folder / "headers.txt"
    headers.write_text(f"Content-Type: application/json\nX-Master-Key: {_KEY}\n", encoding="utf-8")
    http_env = _environment(folder / "home-httpie")
    settings = Path(http_env["HOME"], ".config", "httpie", "config.json")
    settings.parent.mkdir(parents=True)
    # Else it looks for news of itself in the background.
    settings.write_text('{"disable_update_warnings": true}', encoding="utf-8")
    store = {"SSL_CERT_DIR": str(trust.folder)} if trust.folder else {"SSL_CERT_FILE": str(trust.bundle)}
    return Clients(
        python=str(ours / "python"),
        jsonbin=str(ours / "jsonbin"),
        cat=shutil.which("cat") or "/bin/cat",
        curl=shutil.which("curl"),
        jq=shutil.which("jq"),
        http=str(httpie / "http") if httpie else None,
        jsonbin_env=_environment(folder / "home-jsonbin") | {"JSONBIN_MASTER_KEY": _KEY} | store,
        other_env=_environment(folder / "home-other") | {"CURL_CA_BUNDLE": str(trust.bundle)},
        http_env=http_env,
        headers=headers,
        trust=trust,
    )


def _environment(home: Path) -> dict[str, str]:
    """Built from nothing, since a developer's own settings change what is measured."""
    home.mkdir()
    return {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}


def _url(port: int) -> str:
    return f"https://127.0.0.1:{port}/v3/b/{BIN}"
