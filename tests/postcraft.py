"""A real mail server on loopback, with the bad days it can have; and a house that sends to it."""

# ruff: noqa: N802, ARG002 — the names and arguments are aiosmtpd's

from __future__ import annotations

import email
import socket
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

FROM = "livc@gemeente.example"
ORIGIN = "https://livc.gemeente.example"


@dataclass
class Box:
    """What the server does at each step, and all that it took."""

    mail: str = "250 OK"
    rcpt: dict[str, str] = field(default_factory=dict)
    data: str = "250 OK"
    cut: bool = False
    """Take the letter, and hang up without saying so."""
    letters: list[bytes] = field(default_factory=list)
    calls: int = 0

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.calls += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.mail.startswith("250"):
            envelope.mail_from = address
        return self.mail

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.rcpt.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data.startswith("250"):
            self.letters.append(envelope.original_content)
        if self.cut:
            server.transport.abort()
        return self.data

    def read(self) -> list[EmailMessage]:
        """Give the letters as messages."""
        return [email.message_from_bytes(each, policy=default) for each in self.letters]  # type: ignore[misc]


def free_port() -> int:
    """Give a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class MailHouse:
    """A mail server that can come and go, on one port."""

    def __init__(self, **options: Any) -> None:
        self.box = Box()
        self.port = free_port()
        self.options = options
        self._controller: Controller | None = None

    def open(self) -> None:
        self._controller = Controller(self.box, hostname="127.0.0.1", port=self.port, **self.options)
        self._controller.start()

    def close(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


def certificate(folder: Path, name: str = "127.0.0.1") -> tuple[Path, ssl.SSLContext]:
    """Make a certificate for this machine; gives its file, and what a server needs to show it."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "verzonnen")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "mail.pem", folder / "mail.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return public, context


def admits(name: str, password: str) -> Any:
    """Give an authenticator that admits one name with one password."""

    def check(server: Any, session: Any, envelope: Any, mechanism: str, auth_data: Any) -> AuthResult:
        fits = (auth_data.login, auth_data.password) == (name.encode(), password.encode())
        return AuthResult(success=fits, handled=False)

    return check


def sends_to(house: Any, port: int, **over: Any) -> None:
    """Have a house send its notices to the server on this port."""
    told = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_tls": "none",
        "smtp_from": FROM,
        "public_origin": ORIGIN,
    }
    house.installation.settings = house.installation.settings.model_copy(update=told | over)


def address_of(name: str) -> str:
    """Give the invented address of a cast member."""
    return f"{name.lower()}@dienst.example"


def addressed(house: Any, *names: str) -> None:
    """Give cast members an address."""
    for name in names:
        house.sql(
            "INSERT INTO mail_address (person_id, address, set_at, set_by, version)"
            " VALUES (:p, :a, :n, :p, 1) ON CONFLICT DO NOTHING",
            p=house.cast.persons[name], a=address_of(name), n=house.now,
        )  # fmt: skip
