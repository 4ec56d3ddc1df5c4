"""The certificate authority of one run."""

from __future__ import annotations

import ssl
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate

from jsonbin_cli.local.server.authority import Authority


def presented(authority: Authority) -> bytes:
    """The certificate that a client gets, in DER, once it has found it to be that of `a.test`."""
    client, server = ssl.create_default_context(cadata=authority.certificate.decode()), authority.context
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = server.wrap_bio(to_server, to_client, server_side=True)
    theirs = client.wrap_bio(to_client, to_server, server_hostname="a.test")
    for one in (theirs, ours, theirs):
        try:
            one.do_handshake()
        except ssl.SSLWantReadError:
            continue
    der = theirs.getpeercert(binary_form=True)
    assert der
    return der


def test_who_trusts_the_authority_trusts_the_server() -> None:
    """The certificate is for the name; and the hash of its key is the one that Chromium is given."""
    authority = Authority("a.test")
    key = load_der_x509_certificate(presented(authority)).public_key()
    public = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert authority.key_hash == b64encode(sha256(public).digest()).decode()


def test_each_run_has_its_own() -> None:
    """Who trusted one run does not trust the next."""
    one, other = Authority("a.test"), Authority("a.test")
    assert one.certificate != other.certificate
    assert b"PRIVATE" not in one.certificate


def test_its_private_key_is_never_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only that of the server passes through a file, for its owner only, for the moment in which OpenSSL reads it."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    written: list[bytes] = []
    load = ssl.SSLContext.load_cert_chain

    def look(context: ssl.SSLContext, path: str) -> None:
        (file,) = tmp_path.iterdir()
        assert file.stat().st_mode & 0o777 == 0o600
        written.append(file.read_bytes())
        load(context, path)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", look)
    authority = Authority("a.test")
    assert presented(authority)
    assert list(tmp_path.iterdir()) == []
    assert [data.count(b"BEGIN EC PRIVATE KEY") for data in written] == [1]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (tmp_path / "both.pem").write_bytes(written[0].split(b"-----BEGIN CERT")[0] + authority.certificate)
    with pytest.raises(ssl.SSLError, match="KEY_VALUES_MISMATCH"):
        load(context, tmp_path / "both.pem")
