"""Whose certificates a probe believes."""

import ssl
from functools import cache
from pathlib import Path

from cryptography import x509


@cache  # loading the system's authorities takes some 20 ms, far more than a probe
def client_context(verify: bool, ca_file: Path | None) -> ssl.SSLContext:  # noqa: FBT001  cached by position
    """The system's authorities and those in `ca_file`; or, unverified, anybody."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def expiry(connection: ssl.SSLObject | ssl.SSLSocket) -> float | None:
    """When the peer's certificate expires, in seconds since 1970; read even from one that is not believed."""
    encoded = connection.getpeercert(binary_form=True)
    return x509.load_der_x509_certificate(encoded).not_valid_after_utc.timestamp() if encoded else None
