"""The line to the mail server: encrypted, verified, admitted; and a letter that nothing can break out of."""

from datetime import UTC, datetime

import pytest
from postcraft import FROM, ORIGIN, MailHouse, admits, certificate
from pydantic import ValidationError

from app.kernel.mailing import Fault, Letter, MailServer, NotHanded, as_message
from app.kernel.settings import Settings, is_mail_address

LETTER = Letter(
    "a" * 32,
    "iemand@dienst.example",
    "LIVC R: bericht",
    "Verzonnen, één keer.\n",
    "nl",
    datetime(2026, 3, 2, tzinfo=UTC),
)
WHOLE = {"smtp_host": "127.0.0.1", "smtp_from": FROM, "public_origin": ORIGIN}


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("tls"))


def served(**options):
    server = MailHouse(**options)
    server.open()
    return server


def sent(server, **told):
    with MailServer(Settings(**(WHOLE | {"smtp_port": server.port} | told))).connected() as line:
        line.hand_over(LETTER)


@pytest.fixture
def over(request):
    """Starts a server and stops it afterwards."""
    started = []

    def start(**options):
        started.append(served(**options))
        return started[-1]

    yield start
    for each in started:
        each.close()


def test_a_line_is_encrypted_and_the_certificate_verified(over, shown):
    authority, context = shown
    server = over(tls_context=context, require_starttls=True)
    sent(server, smtp_ca_file=str(authority))
    assert len(server.box.letters) == 1
    with pytest.raises(NotHanded, match=Fault.CERTIFICATE):
        sent(server)
    assert len(server.box.letters) == 1


def test_a_server_without_encryption_gets_nothing(over, shown):
    server = over()
    with pytest.raises(NotHanded, match=Fault.NO_TLS):
        sent(server, smtp_ca_file=str(shown[0]))
    assert server.box.letters == []


def test_a_certificate_for_another_name_is_refused(over, tmp_path):
    authority, context = certificate(tmp_path, "127.0.0.2")
    server = over(tls_context=context)
    with pytest.raises(NotHanded, match=Fault.CERTIFICATE):
        sent(server, smtp_ca_file=str(authority))


def test_encryption_from_the_first_byte(over, shown):
    authority, context = shown
    server = over(ssl_context=context)
    sent(server, smtp_tls="tls", smtp_ca_file=str(authority))
    assert len(server.box.letters) == 1


def test_name_and_password_are_given_over_the_encrypted_line_alone(over, shown, tmp_path):
    authority, context = shown
    server = over(tls_context=context, authenticator=admits("livc", "geheim"), auth_required=True)
    (tmp_path / "password").write_text("geheim\n")
    told = {"smtp_ca_file": str(authority), "smtp_user": "livc"}
    sent(server, **told, smtp_password_file=str(tmp_path / "password"))
    assert len(server.box.letters) == 1
    with pytest.raises(NotHanded, match=Fault.NOT_ADMITTED):
        sent(server, **told, smtp_password="verkeerd")


@pytest.mark.parametrize(
    "to",
    ["a@b.example\r\nBcc: c@d.example", "a@b.example\nX: y", "a b@c.example", "a@b.example, c@d.example"],
)
def test_nothing_gets_out_of_a_header(to):
    assert not is_mail_address(to)
    with pytest.raises(ValueError):  # noqa: PT011 — whichever of the library's
        as_message(Letter(LETTER.id, to, LETTER.subject, LETTER.text, "nl", LETTER.at), FROM)
    with pytest.raises(ValueError):  # noqa: PT011
        as_message(
            Letter(LETTER.id, LETTER.to, "LIVC R\r\nBcc: c@d.example", LETTER.text, "nl", LETTER.at), FROM
        )


def test_a_letter_is_seven_bits_and_cannot_end_early(over):
    server = over()
    told = Letter(LETTER.id, LETTER.to, LETTER.subject, "voor\n.\nna\n..\nQUIT\n", "nl", LETTER.at)
    with MailServer(Settings(**WHOLE, smtp_port=server.port, smtp_tls="none")).connected() as line:
        line.hand_over(told)
        line.hand_over(LETTER)
    first, second = server.box.read()
    assert first.get_content().splitlines() == told.text.splitlines()
    assert second.get_content().splitlines() == LETTER.text.splitlines()
    assert all(byte < 128 for letter in server.box.letters for byte in letter)


@pytest.mark.parametrize(
    "address", ["iemand@dienst.example", "a.b+c@x-y.example.be", "o'neill@dienst.example", "1@a.bc"]
)
def test_a_plain_address_is_one(address):
    assert is_mail_address(address)


@pytest.mark.parametrize(
    "address",
    ["", "iemand", "@a.be", "a@", "a@b", "a@b..be", ".a@b.be", "a.@b.be", "a@-b.be", "é@a.be", '"a b"@c.be', "Naam <a@b.be>",
     "a@b.be ", "a@b.be\n", "a@[127.0.0.1]", "x" * 250 + "@a.be"],
)  # fmt: skip
def test_anything_else_is_none(address):
    assert not is_mail_address(address)


@pytest.mark.parametrize(
    "half",
    [
        {"smtp_from": ""},
        {"smtp_from": "LIVC R <livc@gemeente.example>"},
        {"public_origin": ""},
        {"smtp_user": "livc"},
        {"smtp_password": "geheim"},
        {"smtp_tls": "none", "smtp_host": "mail.gemeente.example"},
    ],
)
def test_half_a_mail_server_and_one_in_the_clear_are_refused(half):
    with pytest.raises(ValidationError, match="LIVCR_SMTP"):
        Settings(**(WHOLE | half))


def test_the_password_is_shown_by_nothing():
    told = Settings(**WHOLE, smtp_user="livc", smtp_password="heel geheim")
    assert "heel geheim" not in repr(told) + str(told)
    assert told.mail_password() == "heel geheim"
