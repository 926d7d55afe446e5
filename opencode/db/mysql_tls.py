"""Encryption of the connection to a MySQL server: one context, shared by all connections."""

from __future__ import annotations

import ssl
from pathlib import Path

from opencode.config import TLSMode
from opencode.config.server import TLSSettings
from opencode.errors import DatabaseRefused

__all__ = ["tls_context"]

_KEY = "sessionProvider.mysql.tls"


def tls_context(settings: TLSSettings, *, local: bool) -> ssl.SSLContext | None:
    """Return the context to connect with, None for plain text.

    A `local` connection goes through a Unix socket.  It is not encrypted unless that is asked
    for, and has no host name that a certificate could be for.

    Raises:
        DatabaseRefused: A certificate or key cannot be used.
    """
    if settings.mode is TLSMode.DISABLED or (settings.mode is TLSMode.PREFERRED and local):
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if settings.mode in {TLSMode.VERIFY_CA, TLSMode.VERIFY_IDENTITY}:
        context.check_hostname = settings.mode is TLSMode.VERIFY_IDENTITY and not local
        # On from Python 3.13; the certificates that a MySQL server makes for itself do not pass.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        _trust(context, settings.ca)
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if settings.cert is not None:
        _identify(context, settings.cert, settings.key)
    return context


def _trust(context: ssl.SSLContext, ca: Path | None) -> None:
    if ca is None:
        context.load_default_certs()
        return
    try:
        context.load_verify_locations(ca)
    except OSError as error:
        raise _unusable(ca, "ca", error) from error


def _identify(context: ssl.SSLContext, cert: Path, key: Path | None) -> None:
    def no_password() -> str:
        # Without this OpenSSL asks at the terminal, in the middle of whatever is shown there.
        raise DatabaseRefused(
            f"{key or cert} is encrypted", hint=f"give {_KEY}.key a key without a passphrase"
        )

    try:
        context.load_cert_chain(cert, key, password=no_password)
    except OSError as error:
        raise _unusable(cert, "cert", error) from error


def _unusable(path: Path, name: str, error: OSError) -> DatabaseRefused:
    reason = getattr(error, "reason", None) or error.strerror or str(error)
    return DatabaseRefused(
        f"{path} cannot be used for TLS: {reason}",
        hint=f"check {_KEY}.{name}: PEM files, readable, and the key belonging to the certificate",
    )
