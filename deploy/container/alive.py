"""The health check of a container: `alive.py [portal|verifier]` ends with 0 where the process answers on its port.

It asks as the proxy does: each process accepts its public host only, and only over TLS.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

OF = {
    "portal": ("RUKHSA_PORTAL_URL", "RUKHSA_PORTAL_PORT", 8000),
    "verifier": ("RUKHSA_PUBLIC_URL", "RUKHSA_PUBLIC_PORT", 8001),
}


def main() -> int:
    """0 where /healthz answers 200, else 1."""
    url, port, usual = OF[sys.argv[1] if len(sys.argv) > 1 else "portal"]
    connection = HTTPConnection("127.0.0.1", int(os.environ.get(port, usual)), timeout=4)
    try:
        host = urlsplit(os.environ[url]).netloc
        connection.request("GET", "/healthz", headers={"Host": host, "X-Forwarded-Proto": "https"})
        return 0 if connection.getresponse().status == 200 else 1
    except (OSError, HTTPException):
        return 1


if __name__ == "__main__":
    sys.exit(main())
