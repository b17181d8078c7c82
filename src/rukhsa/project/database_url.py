"""The address of a database server in libpq's form, and whether others could read or answer what is said to it."""

import ipaddress
from typing import Final

ENCRYPTED: Final = "verify-full"
# Said, it is a choice: the network of containers on one machine. Unsaid, libpq goes on in the clear where the server,
# or who stands in its place, offers nothing else (`prefer`), and with `require` it takes any certificate.
IN_THE_CLEAR: Final = "disable"


def fault_of(name: str, url: str) -> str:
    """What production refuses about the address in the setting `name`; empty where nothing is.

    A server across a network is named with `sslmode=verify-full`, or with `sslmode=disable` by choice (PostgreSQL's
    documentation, "Protection Provided in Different Modes").
    """
    import psycopg  # a check of files starts without a library of a server
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:  # whose words may have a piece of the password
        return f"{name} is not an address of PostgreSQL: postgresql://user@host:5432/name?sslmode={ENCRYPTED}"
    hosts = str(parts.get("hostaddr") or parts.get("host") or "").split(",")
    afar = [host for host in hosts if not _is_on_this_machine(host)]
    if not afar or parts.get("sslmode") in (ENCRYPTED, IN_THE_CLEAR):
        return ""
    return (
        f"{name} names a server across a network ({', '.join(afar)}): add sslmode={ENCRYPTED} and sslrootcert, so that"
        f" the connection is encrypted and the server proves its name, or sslmode={IN_THE_CLEAR} where that network is"
        " this machine's own"
    )


def _is_on_this_machine(host: str) -> bool:
    if not host or host.startswith(("/", "@")) or host == "localhost":  # a socket, or loopback by its name
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
