"""From TLS settings to a context."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from opencode.config import TLSMode
from opencode.config.server import TLSSettings
from opencode.db.mysql_tls import tls_context
from opencode.errors import DatabaseRefused
from tests.db.fakemysql import Authority, make_authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize(
    ("mode", "verify", "host"),
    [
        (TLSMode.PREFERRED, ssl.CERT_NONE, False),
        (TLSMode.REQUIRED, ssl.CERT_NONE, False),
        (TLSMode.VERIFY_CA, ssl.CERT_REQUIRED, False),
        (TLSMode.VERIFY_IDENTITY, ssl.CERT_REQUIRED, True),
    ],
)
def test_what_each_mode_checks(
    authority: Authority, mode: TLSMode, verify: ssl.VerifyMode, host: bool
) -> None:
    context = tls_context(TLSSettings(mode, authority.ca), local=False)
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (verify, host)


def test_disabled_is_none() -> None:
    assert tls_context(TLSSettings(TLSMode.DISABLED), local=False) is None


def test_a_socket_is_not_encrypted_unless_asked_for(authority: Authority) -> None:
    assert tls_context(TLSSettings(TLSMode.PREFERRED), local=True) is None
    context = tls_context(TLSSettings(TLSMode.VERIFY_IDENTITY, authority.ca), local=True)
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, False)


def test_files_that_cannot_be_used_are_named(authority: Authority, tmp_path: Path) -> None:
    cert, key = authority.issue("ada")
    _, other_key = authority.issue("bob")
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_text("no certificate")
    missing = tmp_path / "missing.pem"
    for settings, named in (
        (TLSSettings(TLSMode.VERIFY_CA, ca=missing), missing),
        (TLSSettings(TLSMode.VERIFY_CA, ca=rubbish), rubbish),
        (TLSSettings(TLSMode.REQUIRED, cert=missing), missing),
        (TLSSettings(TLSMode.REQUIRED, cert=cert, key=other_key), cert),
        (TLSSettings(TLSMode.REQUIRED, cert=cert, key=rubbish), cert),
    ):
        with pytest.raises(DatabaseRefused) as raised:
            tls_context(settings, local=False)
        assert str(named) in raised.value.message
        assert "sessionProvider.mysql.tls." in raised.value.hint
    assert tls_context(TLSSettings(TLSMode.REQUIRED, cert=cert, key=key), local=False)


def test_an_encrypted_key_does_not_ask_at_the_terminal(
    authority: Authority, tmp_path: Path
) -> None:
    cert, plain = authority.issue("carol")
    key = serialization.load_pem_private_key(plain.read_bytes(), None)
    encrypted = tmp_path / "encrypted.key"
    encrypted.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(DatabaseRefused, match="is encrypted"):
        tls_context(TLSSettings(TLSMode.REQUIRED, cert=cert, key=encrypted), local=False)
