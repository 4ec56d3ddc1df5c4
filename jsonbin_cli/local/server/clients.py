"""What lets any program reach this JSONBin as api.jsonbin.io: variables that usual clients read, and files."""

from __future__ import annotations

import json
import os
import re
import warnings
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from shlex import quote

from jsonbin_cli.config.environment import trusted_certificates
from jsonbin_cli.local.server.proxy import Proxy
from jsonbin_cli.local.server.proxy_target import SERVICE

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
# A Java trust store has one. It protects nothing: what is inside is public.
_PASSWORD = "changeit"


def environment(folder: Path, proxy: Proxy, url: str, master_key: str, outer: Mapping[str, str]) -> dict[str, str]:
    """The variables for a program that is to use the server at `url`, made in `folder` with the files that they name.

    `outer` are the variables that the program has besides: where one of these holds a list, this is added to it.
    """
    address = url.removesuffix("/v3")
    host, _, port = address.removeprefix("http://").rpartition(":")
    host = host.strip("[]")
    ca_file, bundle, java, php = (folder / name for name in ("ca.pem", "all.pem", "all.p12", "php"))
    usual = _usual_certificates()
    php.mkdir(0o700)
    _write(ca_file, proxy.authority.certificate)
    _write(bundle, b"\n".join([*usual, proxy.authority.certificate]))
    _write(java, _java_trust_store([*usual, proxy.authority.certificate]))
    _write(php / "jsonbin.ini", f'curl.cainfo = "{bundle}"\nopenssl.cafile = "{bundle}"\n'.encode())
    proxies = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"), address)
    direct = {"NO_PROXY": ",".join(dict.fromkeys(["localhost", "127.0.0.1", "::1", host]))}
    # Some clients read the names in upper case, some in lower case.
    both = {case(name): value for name, value in (proxies | direct).items() for case in (str.upper, str.lower)}
    ports = {"80": int(port), "443": proxy.tls_port}
    return both | {
        "JSONBIN_API_URL": url,
        "JSONBIN_MASTER_KEY": master_key,
        "JSONBIN_SPKI": proxy.authority.key_hash,
        **dict.fromkeys(
            ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTPLIB2_CA_CERTS", "PERL_LWP_SSL_CA_FILE"),
            str(bundle),
        ),
        **dict.fromkeys(("NODE_EXTRA_CA_CERTS", "DENO_CERT"), str(ca_file)),
        "NODE_USE_ENV_PROXY": "1",
        "NODE_OPTIONS": _added(outer.get("NODE_OPTIONS"), "-r", json.dumps(str(_REDIRECT))),
        "JSONBIN_REDIRECT": json.dumps({"host": SERVICE, "ports": ports}),
        "JAVA_TOOL_OPTIONS": _added(outer.get("JAVA_TOOL_OPTIONS"), *_java_options(host, port, java)),
        "PHP_INI_SCAN_DIR": f"{outer.get('PHP_INI_SCAN_DIR', '')}{os.pathsep}{php}",
    }


_REDIRECT = Path(__file__).with_name("redirect.cjs")


def _added(before: str | None, *options: str) -> str:
    return " ".join([before, *options] if before else options)


def _java_options(host: str, port: str, trust_store: Path) -> list[str]:
    options = {"javax.net.ssl.trustStore": str(trust_store), "javax.net.ssl.trustStorePassword": _PASSWORD}
    for scheme in ("http", "https"):
        options |= {f"{scheme}.proxyHost": host, f"{scheme}.proxyPort": port}
    return [quote(f"-D{name}={value}") for name, value in options.items()]


def _usual_certificates() -> list[bytes]:
    """The certificates that this program trusts, in PEM."""
    file, folder = trusted_certificates()
    files = ([Path(file)] if file else []) + (sorted(Path(folder).glob("*.[0-9]")) if folder else [])
    return list(dict.fromkeys(one for path in files for one in _CERTIFICATE.findall(path.read_bytes())))


def _java_trust_store(certificates: list[bytes]) -> bytes:
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
    from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12Certificate, serialize_java_truststore
    from cryptography.x509 import load_pem_x509_certificate

    entries = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some old root certificates miss what strict checks ask for
        for number, one in enumerate(certificates):
            with suppress(ValueError):
                entries.append(PKCS12Certificate(load_pem_x509_certificate(one), b"%d" % number))
    return serialize_java_truststore(entries, BestAvailableEncryption(_PASSWORD.encode()))


def _write(path: Path, data: bytes) -> None:
    path.touch(0o600)
    path.write_bytes(data)
