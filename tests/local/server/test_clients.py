"""Programs that have https://api.jsonbin.io in their source, unchanged: with the variables of `environment`."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from jsonbin_cli.local.server.authority import Authority
from jsonbin_cli.local.server.clients import environment
from jsonbin_cli.local.server.proxy import Proxy
from tests.conftest import at_home, surroundings

AXIOS = "/usr/share/nodejs"  # where Debian's package node-axios is
CURL = """
curl -sS -X PUT https://api.jsonbin.io/v3/b/de30de30de30de30de30de30 -d '{"by":"curl"}' \\
  -H "X-Master-Key: $JSONBIN_MASTER_KEY" -H "Content-Type: application/json"
"""
REQUESTS = """
import os, requests
headers = {"X-Master-Key": os.environ["JSONBIN_MASTER_KEY"]}
print(requests.put("https://api.jsonbin.io/v3/b/de30de30de30de30de30de30", json={"by": "requests"}, headers=headers).text)
"""
URLLIB = """
import json, os, urllib.error
from urllib.request import Request, urlopen

headers = {"X-Master-Key": os.environ["JSONBIN_MASTER_KEY"], "Content-Type": "application/json"}
url, body = "https://api.jsonbin.io/v3/b/de30de30de30de30de30de30", json.dumps({"by": "urllib"}).encode()
try:
    urlopen(Request(url, body, headers, method="PUT"))
except urllib.error.HTTPError as refused:  # the service's edge refuses Python-urllib
    assert (refused.code, refused.read()) == (403, b"error code: 1010")
    print(urlopen(Request(url, body, headers | {"User-Agent": "ours"}, method="PUT")).read().decode())
"""
FETCH = """
const headers = { "X-Master-Key": process.env.JSONBIN_MASTER_KEY, "Content-Type": "application/json" };
const url = "https://api.jsonbin.io/v3/b/de30de30de30de30de30de30";
fetch(url, { method: "PUT", body: JSON.stringify({ by: "fetch" }), headers }).then((r) => r.text()).then(console.log);
"""
HTTPS = """
const headers = { "X-Master-Key": process.env.JSONBIN_MASTER_KEY, "Content-Type": "application/json" };
const url = "https://api.jsonbin.io/v3/b/de30de30de30de30de30de30";
require("https").request(url, { method: "PUT", headers }, (r) => r.pipe(process.stdout)).end(`{"by":"https"}`);
"""
AXIOS_PUT = """
const headers = { "X-Master-Key": process.env.JSONBIN_MASTER_KEY };
const url = "https://api.jsonbin.io/v3/b/de30de30de30de30de30de30";
require("axios").put(url, { by: "axios" }, { headers }).then((r) => console.log(JSON.stringify(r.data)));
"""
PHP = """<?php
$request = curl_init("https://api.jsonbin.io/v3/b/de30de30de30de30de30de30");
curl_setopt_array($request, [CURLOPT_CUSTOMREQUEST => "PUT", CURLOPT_POSTFIELDS => json_encode(["by" => "php"]),
  CURLOPT_HTTPHEADER => ["X-Master-Key: " . getenv("JSONBIN_MASTER_KEY"), "Content-Type: application/json"]]);
curl_exec($request) or exit(curl_error($request));
"""
JAVA = """
import java.net.URI;
import java.net.http.*;

class Main {
  public static void main(String[] arguments) throws Exception {
    var request = HttpRequest.newBuilder(URI.create("https://api.jsonbin.io/v3/b/de30de30de30de30de30de30"))
        .PUT(HttpRequest.BodyPublishers.ofString("{\\"by\\":\\"main\\"}"))
        .header("X-Master-Key", System.getenv("JSONBIN_MASTER_KEY")).header("Content-Type", "application/json").build();
    System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
  }
}
"""
PAGE = """
<script>
const headers = { "X-Master-Key": "$2b$10$this.key.opens.only.stores.that.live.on.this.machine/", "Content-Type": "application/json" };
const url = "https://api.jsonbin.io/v3/b/de30de30de30de30de30de30";
fetch(url, { method: "PUT", body: JSON.stringify({ by: "page" }), headers }).then((r) => r.text())
  .then((text) => { document.documentElement.textContent = text });
</script>
"""


class Client(NamedTuple):
    """A program in the language of a tool: the file that it is in, its source, and how it is run."""

    tool: str
    file: str
    source: str
    command: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it writes into the bin."""
        return self.file.partition(".")[0].lower()


CLIENTS = (
    Client("curl", "curl.sh", CURL, ("sh",)),
    Client(sys.executable, "requests_.py", REQUESTS, (sys.executable,)),
    Client(sys.executable, "httpx_.py", REQUESTS.replace("requests", "httpx"), (sys.executable,)),
    Client(sys.executable, "urllib_.py", URLLIB, (sys.executable,)),
    Client("node", "fetch.mjs", FETCH, ("node",)),
    Client("node", "https.js", HTTPS, ("node",)),
    Client("node", "axios.js", AXIOS_PUT, ("node",)),
    Client("php", "php.php", PHP, ("php",)),
    Client("java", "Main.java", JAVA, ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")),
    Client(
        "chromium",
        "page.html",
        PAGE,
        (
            *("sh", "-c"),
            "chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
            '--user-data-dir="$HOME/chromium" --virtual-time-budget=20000 --dump-dom '
            '--proxy-server="$HTTPS_PROXY" --ignore-certificate-errors-spki-list="$JSONBIN_SPKI" "file://$PWD/$0"',
        ),
    ),
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The whole environment of a program, beside a running `jsonbin serve`."""
    home = tmp_path_factory.mktemp("home")
    outer = surroundings() | at_home(home)
    command = [sys.executable, "-m", "jsonbin_cli", "serve", "--port", "0", "--memory", "--ready-file", "ready"]
    process = subprocess.Popen(command, env=outer, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()  # once it is ready
    ready = json.loads((home / "ready").read_text())
    assert ready["environment"]["NODE_EXTRA_CA_CERTS"] == ready["ca_file"]
    yield outer | ready["environment"] | {"NODE_PATH": AXIOS}
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.mark.parametrize("client", CLIENTS, ids=[client.file for client in CLIENTS])
def test_a_client_unchanged(
    client: Client, running: dict[str, str], tool: Callable[[str], str], tmp_path: Path
) -> None:
    """It updates the bin of this machine, and nothing in it says that the service is elsewhere."""
    tool(client.tool)
    if client.file == "axios.js" and not Path(AXIOS, "axios").exists() and not os.environ.get("CI"):
        pytest.skip("node-axios is not installed")
    (tmp_path / client.file).write_text(client.source)
    run = subprocess.run(
        [*client.command, client.file], env=running, cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert f'{{"record":{{"by":"{client.name.rstrip("_")}"}}' in run.stdout.replace('": "', '":"'), run.stderr


def made(folder: Path, outer: dict[str, str], address: str = "http://127.0.0.1:8900") -> dict[str, str]:
    """The variables for a program with those of `outer`."""
    folder.mkdir()
    return environment(folder, Proxy(Authority("a.test"), print), f"{address}/v3", "key", outer)


def test_what_is_set_already_is_kept(tmp_path: Path) -> None:
    """Options are added to those of the user, and a name of this machine is not asked for through the proxy."""
    outer = {"NODE_OPTIONS": "--no-warnings", "JAVA_TOOL_OPTIONS": "-Da=b", "PHP_INI_SCAN_DIR": "/etc/php"}
    variables = made(tmp_path / "a", outer, "http://[fd00::1]:8900")
    assert variables["NODE_OPTIONS"].startswith('--no-warnings -r "')
    assert variables["JAVA_TOOL_OPTIONS"].startswith("-Da=b -D")
    assert "-Dhttps.proxyHost=fd00::1" in variables["JAVA_TOOL_OPTIONS"]
    assert variables["PHP_INI_SCAN_DIR"] == f"/etc/php{os.pathsep}{tmp_path}/a/php"
    assert variables["no_proxy"] == variables["NO_PROXY"] == "localhost,127.0.0.1,::1,fd00::1"
    assert variables["https_proxy"] == variables["HTTPS_PROXY"] == "http://[fd00::1]:8900"
    plain = made(tmp_path / "b", {})
    assert plain["NODE_OPTIONS"].startswith("-r ")
    assert plain["PHP_INI_SCAN_DIR"] == f"{os.pathsep}{tmp_path}/b/php"


@pytest.mark.parametrize("where", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_the_usual_certificates_are_trusted_too(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them once, with this run's; what Java could not read is left out for it."""
    usual = Authority("usual").certificate
    broken = ssl.DER_cert_to_PEM_cert(b"this is no certificate").encode()
    place = tmp_path / "place"
    if where == "SSL_CERT_DIR":
        place.mkdir()
        (place / "0a1b2c3d.0").write_bytes(usual + broken)
        (place / "0a1b2c3d.1").write_bytes(usual)
        (place / "README").write_text("no certificate")
    else:
        place.write_bytes(b"# of old\n" + usual + broken + usual)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(where, str(place))
    variables = made(tmp_path / "a", {})
    ours = Path(variables["NODE_EXTRA_CA_CERTS"]).read_bytes()
    assert Path(variables["SSL_CERT_FILE"]).read_bytes() == usual.strip() + b"\n" + broken.strip() + b"\n" + ours
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cryptography says that it is not made for trust stores
        store = load_pkcs12((tmp_path / "a" / "all.p12").read_bytes(), b"changeit")
    assert [one.friendly_name for one in store.additional_certs] == [b"0", b"2"]
