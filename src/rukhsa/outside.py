"""What all calls to outside parties share: the certificates by which they are believed."""

import ssl
from functools import cache

import httpx


@cache
def believed(*, named_by_environment: bool = False) -> ssl.SSLContext:
    """The certificates of the system's authorities, or those that SSL_CERT_FILE and SSL_CERT_DIR name instead.

    They are read once in a process: to read them takes longer than most answers.
    """
    return httpx.create_ssl_context(trust_env=named_by_environment)
