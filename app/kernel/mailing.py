"""Handing a letter to the mail server: over TLS, with what can go wrong told by its kind and without an address.

What is sent is plain text in seven bits. Nothing here keeps anything; `app/meetings/posting.py` knows what waits.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from app.kernel.settings import Settings, is_mail_address

SECONDS: Final = 30.0
"""How long one answer of the mail server may take."""
_FOR_GOOD: Final = 500
"""From this status on a server means its no."""
_TAKEN: Final = 250


class Fault(StrEnum):
    """Why a letter was not handed over."""

    UNREACHABLE = "unreachable"
    NO_TLS = "noTls"
    CERTIFICATE = "certificate"
    NOT_ADMITTED = "notAdmitted"
    """The server does not take this installation's name and password."""
    SENDER_REFUSED = "senderRefused"
    RECIPIENT_REFUSED = "recipientRefused"
    """For good: there is no such box, or it takes nothing from us."""
    RECIPIENT_BUSY = "recipientBusy"
    NOT_TAKEN = "notTaken"
    """The server read the letter and said no."""
    CUT_OFF = "cutOff"
    """The line broke before the server said whether it took the letter: it may have."""


OF_THE_SERVER: Final = {
    Fault.UNREACHABLE, Fault.NO_TLS, Fault.CERTIFICATE, Fault.NOT_ADMITTED, Fault.SENDER_REFUSED,
}  # fmt: skip
"""Faults that the next letter would meet as well."""


class NotHanded(Exception):  # noqa: N818 — it says what did not happen
    """A letter, or no letter at all, could be handed over."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail. *id*: the same each time this very letter is sent, so that its double can be recognised."""

    id: str
    to: str
    subject: str
    text: str
    language: str
    at: datetime


def as_message(letter: Letter, sender: str) -> EmailMessage:
    """Give the message as it leaves. Raises ValueError for what would break out of a header."""
    if not is_mail_address(letter.to):
        raise ValueError("not one plain address")
    message = EmailMessage(policy=SMTP)
    local, _, domain = sender.rpartition("@")
    message["From"] = Address("LIVC R", local, domain)
    local, _, domain = letter.to.rpartition("@")
    message["To"] = Address("", local, domain)
    message["Subject"] = letter.subject
    message["Date"] = letter.at
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = letter.language
    return message


class MailServer:
    """The mail server that the settings name."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._line: smtplib.SMTP | None = None

    @contextmanager
    def connected(self) -> Iterator[MailServer]:
        """Have a line to the server, admitted and encrypted as the settings want it. Raises NotHanded."""
        try:
            self._connect()
            yield self
        finally:
            self._hang_up()

    def _connect(self) -> None:
        told = self._settings
        name = urlsplit(told.public_origin).hostname or "localhost"
        try:
            # A certificate is verified against the system's authorities, or against the file that the settings name.
            trust = ssl.create_default_context(cafile=told.smtp_ca_file or None)
            if told.smtp_tls == "tls":
                self._line = smtplib.SMTP_SSL(
                    told.smtp_host, told.smtp_port, name, timeout=SECONDS, context=trust
                )
            else:
                self._line = smtplib.SMTP(told.smtp_host, told.smtp_port, name, timeout=SECONDS)
                if told.smtp_tls == "starttls":
                    self._line.starttls(context=trust)
            if told.smtp_user:
                self._line.login(told.smtp_user, told.mail_password())
            self._line.ehlo_or_helo_if_needed()
        except ssl.SSLCertVerificationError as fault:
            raise NotHanded(Fault.CERTIFICATE) from fault
        except smtplib.SMTPNotSupportedError as fault:
            raise NotHanded(Fault.NO_TLS) from fault
        except smtplib.SMTPAuthenticationError as fault:
            raise NotHanded(Fault.NOT_ADMITTED) from fault
        except smtplib.SMTPConnectError as fault:
            raise NotHanded(Fault.UNREACHABLE) from fault
        except smtplib.SMTPResponseException as fault:
            raise NotHanded(Fault.NO_TLS if told.smtp_tls == "starttls" else Fault.NOT_ADMITTED) from fault
        except (OSError, smtplib.SMTPException) as fault:
            raise NotHanded(Fault.UNREACHABLE) from fault

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            with suppress(OSError, smtplib.SMTPException):
                line.quit()
            line.close()

    def hand_over(self, letter: Letter) -> None:
        """Hand one letter over. Raises NotHanded: after CUT_OFF it may have arrived, after any other fault it has not."""
        line = self._line
        if line is None:
            raise NotHanded(Fault.UNREACHABLE)
        content = as_message(letter, self._settings.smtp_from).as_bytes()
        try:
            if line.mail(self._settings.smtp_from)[0] != _TAKEN:
                raise NotHanded(Fault.SENDER_REFUSED)
            status, _ = line.rcpt(letter.to)
            if status not in {_TAKEN, _TAKEN + 1}:
                line.rset()
                raise NotHanded(Fault.RECIPIENT_REFUSED if status >= _FOR_GOOD else Fault.RECIPIENT_BUSY)
        except (OSError, smtplib.SMTPException) as fault:
            raise NotHanded(Fault.UNREACHABLE) from fault
        try:
            status, _ = line.data(content)
        except smtplib.SMTPDataError as fault:  # it said no before the letter was read out
            raise NotHanded(Fault.NOT_TAKEN) from fault
        except (OSError, smtplib.SMTPException) as fault:
            raise NotHanded(Fault.CUT_OFF) from fault
        if status != _TAKEN:
            raise NotHanded(Fault.NOT_TAKEN)
