"""The certificates by which calls to outside parties verify the other side."""

import ssl
from functools import cache

import httpx


@cache
def believed(*, named_by_environment: bool = False) -> ssl.SSLContext:
    """The certificates of the system's authorities, or those that SSL_CERT_FILE and SSL_CERT_DIR name instead.

    They are read once in a process, since reading them takes longer than most calls.
    """
    return httpx.create_ssl_context(trust_env=named_by_environment)
