"""Caddy and nginx as docs/running.md sets them up, at ports and with certificates of the test's own."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.platform.installation import free_port

NAME = "orders.example.com"
RUNNING = Path(__file__).parents[2] / "docs" / "running"
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"  # where Debian keeps nginx


@dataclass(frozen=True)
class Proxy:
    """Where it listens, and keeps its logs."""

    http: int
    https: int
    folder: Path


@contextmanager
def caddy(pages: int, folder: Path) -> Iterator[Proxy]:
    """Caddy before the pages at that port."""
    here = Proxy(free_port(), free_port(), folder)
    settings = (
        "admin off", "local_certs", "skip_install_trust", "default_bind 127.0.0.1",
        f"http_port {here.http}", f"https_port {here.https}", f"storage file_system {folder}",
    )  # fmt: skip
    text = _before(pages, "Caddyfile").replace("{\n", "{\n" + "\n".join(settings) + "\n", 1)
    config = folder / "Caddyfile"
    config.write_text(text)
    with _running(["caddy", "run", "--adapter", "caddyfile", "--config", str(config)], folder):
        yield here


@contextmanager
def nginx(pages: int, folder: Path) -> Iterator[Proxy]:
    """nginx before the pages at that port."""
    here = Proxy(free_port(), free_port(), folder)
    certificate, key = _certificate(folder)
    text = re.sub(r" *listen \[::\]:.*\n", "", _before(pages, "nginx.conf"))
    text = text.replace("listen 80;", f"listen 127.0.0.1:{here.http};")
    text = text.replace("/var/log/nginx", str(folder))
    text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{here.https} ssl;")
    text = re.sub(r"(ssl_certificate) .*;", rf"\1 {certificate};", text)
    text = re.sub(r"(ssl_certificate_key) .*;", rf"\1 {key};", text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    whose = "user root;\n" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(
        f"{whose}daemon off;\npid {folder}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{places}\n{text}\n}}\n"
    )
    with _running(["nginx", "-e", "stderr", "-c", str(config)], folder):
        yield here


PROXIES = {"Caddy": caddy, "nginx": nginx}


def _before(pages: int, name: str) -> str:
    text = (RUNNING / name).read_text()
    assert "127.0.0.1:8000" in text
    return text.replace("127.0.0.1:8000", f"127.0.0.1:{pages}")


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[None]:
    program = shutil.which(command[0], path=PATH)
    assert program is not None, f"{command[0]} is not installed: run bin/proxies."
    environment = os.environ | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([program, *command[1:]], env=environment, stdout=log, stderr=log, cwd=folder)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for the name, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)]), datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    signed = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), False).sign(key, hashes.SHA256())
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    pem, kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(pem, kind, serialization.NoEncryption()))
    return certificate, secret
