"""The certificate authority of one run, for the encrypted connections that end in the proxy."""

from __future__ import annotations

import ssl
from base64 import b64encode
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trustme import CA, LeafCert


class Authority:
    """Makes the certificate of `host` when it is first asked for. Its own private key is only in memory."""

    def __init__(self, host: str) -> None:
        self._host = host

    @cached_property
    def certificate(self) -> bytes:
        """The certificate that a client has to trust, in PEM."""
        return self._authority.cert_pem.bytes()

    @cached_property
    def context(self) -> ssl.SSLContext:
        """What a server needs to be `host`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._leaf.configure_cert(context)
        return context

    @cached_property
    def key_hash(self) -> str:
        """The SHA-256 of the public key of `host`, in base64, as Chromium's list of accepted keys takes it."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
        from cryptography.x509 import load_pem_x509_certificate

        key = load_pem_x509_certificate(self._leaf.cert_chain_pems[0].bytes()).public_key()
        return b64encode(sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()).decode()

    @cached_property
    def _authority(self) -> CA:
        from trustme import CA

        return CA(organization_name="jsonbin serve", organization_unit_name="of one run")

    @cached_property
    def _leaf(self) -> LeafCert:
        return self._authority.issue_cert(self._host, organization_name="jsonbin serve")
