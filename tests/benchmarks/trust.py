"""A certificate for the benchmark's server, and stores of ordinary size that trust it.

Each client must search or parse as many certificates as it would for the real service.
"""

import os
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import NamedTuple

import trustme


class Trust(NamedTuple):
    """Files in PEM. `server` holds a key and its chain, `bundle` the public authorities and our own.

    `folder` is the system's hashed folder with our authority added, or None, and then `remark` says why.
    """

    server: Path
    authority: Path
    bundle: Path
    folder: Path | None
    remark: str | None


def establish(folder: Path, public: Path) -> Trust:
    """Make the certificates in `folder`; `public` is a bundle of the public authorities."""
    authority, server, bundle = folder / "authority.pem", folder / "server.pem", folder / "bundle.pem"
    issuer = trustme.CA()
    issuer.cert_pem.write_to_path(authority)
    issuer.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(server)
    bundle.write_bytes(public.read_bytes() + b"\n" + authority.read_bytes())
    hashed, remark = _hashed(folder / "hashed", authority)
    return Trust(server, authority, bundle, hashed, remark)


def _hashed(folder: Path, authority: Path) -> tuple[Path | None, str | None]:
    system = Path(ssl.get_default_verify_paths().openssl_capath)
    entries = list(system.glob("*.[0-9]")) if system.is_dir() else []
    if not entries:
        return None, "this system has no hashed folder of certificates: jsonbin parses a bundle"
    openssl = shutil.which("openssl")
    if openssl is None:
        return None, "openssl is not installed, so no hashed folder was made: jsonbin parses a bundle"
    command = [openssl, "x509", "-hash", "-noout", "-in", str(authority)]
    name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    folder.mkdir()
    for entry in entries:
        os.symlink(entry.resolve(), folder / entry.name)
    (folder / f"{name}.0").symlink_to(authority)
    return folder, None
