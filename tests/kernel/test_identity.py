"""Passwords, one-time codes, access tokens: each pitfall of its library met once (ADR 0011)."""

from __future__ import annotations

import base64
import json
import stat
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from jose import jwt

from app.kernel import identity
from app.kernel.identity import (
    Claims,
    Tokens,
    accepted_step,
    code_now,
    hash_password,
    new_secret,
    new_totp_secret,
    password_fits,
    secret_hash,
)
from app.kernel.keys.provider import KeyFault
from app.rules.problems import Kind, Problem

NOW = datetime(2026, 3, 2, 9, 0, 10, tzinfo=UTC)
WHO = Claims(UUID(int=1), UUID(int=2), UUID(int=3))


@pytest.fixture
def tokens(tmp_path):
    return Tokens(tmp_path / "secrets" / "tokens.key")


# -- passwords --------------------------------------------------------------------------------------------------


def test_a_password_is_kept_as_argon2id_and_never_twice_the_same():
    one, two = hash_password("een lang verzonnen wachtwoord"), hash_password("een lang verzonnen wachtwoord")
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert one != two
    assert password_fits("een lang verzonnen wachtwoord", one)
    assert not password_fits("een lang verzonnen wachtwoord ", one)


def test_an_unknown_name_takes_as_long_as_a_wrong_password():
    hashed = hash_password("een lang verzonnen wachtwoord")

    def took(against: str | None) -> float:
        """Processor time of this thread: what else the machine does, does not count."""
        start = time.thread_time()
        assert not password_fits("iets anders", against)
        return time.thread_time() - start

    known, unknown = zip(*((took(hashed), took(None)) for _ in range(7)), strict=True)
    assert min(unknown) > min(known) / 2
    assert min(known) > min(unknown) / 2


# -- one-time codes ---------------------------------------------------------------------------------------------


def test_a_code_fits_in_its_own_step_and_the_two_beside_it():
    secret = new_totp_secret()
    step = int(NOW.timestamp()) // 30
    for offset in (-1, 0, 1):
        code = code_now(secret, NOW + timedelta(seconds=30 * offset))
        assert accepted_step(secret, code, NOW, 0) == step + offset
    for offset in (-2, 2):
        assert accepted_step(secret, code_now(secret, NOW + timedelta(seconds=30 * offset)), NOW, 0) is None


def test_a_code_that_was_used_never_fits_again_nor_does_an_older_one():
    secret = new_totp_secret()
    step = accepted_step(secret, code_now(secret, NOW), NOW, 0)
    assert accepted_step(secret, code_now(secret, NOW), NOW, step) is None
    assert accepted_step(secret, code_now(secret, NOW - timedelta(seconds=30)), NOW, step) is None
    assert accepted_step(secret, code_now(secret, NOW + timedelta(seconds=30)), NOW, step) == step + 1


@pytest.mark.parametrize("code", ["", "000", "abcdef", "1234567", "12345 "])
def test_what_is_not_a_code_does_not_fit(code):
    secret = new_totp_secret()
    assert accepted_step(secret, code, NOW, 0) is None


# -- secrets ----------------------------------------------------------------------------------------------------


def test_a_secret_is_long_new_each_time_and_kept_as_a_hash():
    one, two = new_secret(), new_secret()
    assert one != two
    assert len(base64.urlsafe_b64decode(one + "=")) == 32
    assert secret_hash(one) != secret_hash(two)
    assert len(secret_hash(one)) == 32


def test_the_key_of_tokens_is_readable_by_its_owner_alone_and_made_once(tmp_path):
    path = tmp_path / "secrets" / "tokens.key"
    token = Tokens(path).issue(WHO, 5)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert Tokens(path).read(token) == WHO
    assert len(base64.b64decode(path.read_text())) == 48


@pytest.mark.parametrize("left", ["", "AAAA"])
def test_a_key_of_tokens_that_is_not_whole_is_refused(tmp_path, left):
    path = tmp_path / "tokens.key"
    path.write_text(left)
    with pytest.raises(KeyFault, match="holds no whole key"):
        Tokens(path)
    assert path.read_text() == left, "and not replaced behind anybody's back"


def test_a_disk_that_is_full_leaves_no_key_of_tokens(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.kernel.identity.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        Tokens(tmp_path / "tokens.key")
    assert list(tmp_path.iterdir()) == []


# -- access tokens ----------------------------------------------------------------------------------------------


def test_a_token_says_who_in_which_session_under_which_mandate(tokens):
    assert tokens.read(tokens.issue(WHO, 5)) == WHO
    nobody_yet = Claims(uuid4(), uuid4(), None)
    assert tokens.read(tokens.issue(nobody_yet, 5)) == nobody_yet


def test_a_token_lives_as_long_as_it_was_given(tokens):
    body = jwt.get_unverified_claims(tokens.issue(WHO, 7))
    assert body["exp"] - body["iat"] == 7 * 60
    with pytest.raises(Problem) as refused:
        tokens.read(tokens.issue(WHO, -1))
    assert refused.value.kind is Kind.EXPIRED_TOKEN


def _body(**over):
    now = datetime.now(UTC)
    body = {
        "iss": "livcr", "aud": "livcr-api", "sub": str(WHO.person_id), "sid": str(WHO.session_id), "iat": now,
        "exp": now + timedelta(minutes=5),
    }  # fmt: skip
    return {k: v for k, v in (body | over).items() if v is not None}


@pytest.mark.parametrize(
    "over",
    [
        {"exp": None}, {"iat": None}, {"iss": None}, {"aud": None}, {"sub": None}, {"sid": None},
        {"iss": "somebody"}, {"aud": "else"}, {"sub": "no id"}, {"sid": "no id"}, {"man": "no id"}, {"man": 5},
    ],
)  # fmt: skip
def test_a_token_of_ours_without_each_claim_or_with_another_is_refused(tokens, over):
    forged = jwt.encode(_body(**over), tokens._key, algorithm="HS256")
    with pytest.raises(Problem) as refused:
        tokens.read(forged)
    assert refused.value.kind is Kind.INVALID_TOKEN


def test_a_token_without_signature_of_another_algorithm_or_of_another_key_is_refused(tokens):
    def part(value: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(value, default=str).encode()).decode().rstrip("=")

    claims = {k: v if isinstance(v, str) else int(v.timestamp()) for k, v in _body().items()}
    real = tokens.issue(WHO, 5)
    head, body, signature = real.split(".")
    forged = [
        f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}.",
        jwt.encode(_body(), tokens._key, algorithm="HS512"),
        jwt.encode(_body(), "another key", algorithm="HS256"),
        f"{head}.{part(claims | {'sub': str(uuid4())})}.{signature}",
        f"{head}.{body}.{signature[:-2]}AA",
        "", ".", "..", "a.b.c", real + ".x", "é" * 40,
    ]  # fmt: skip
    for token in forged:
        with pytest.raises(Problem) as refused:
            tokens.read(token)
        assert refused.value.kind is Kind.INVALID_TOKEN, token[:40]


def test_a_password_has_a_least_and_a_most_length():
    assert (identity.PASSWORD_LEAST, identity.PASSWORD_MOST) == (12, 128)
