"""What Patroni says and is told: which node is the primary, and how commits are confirmed."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import httpx
import psycopg
from psycopg import errors, sql

from rukhsa_rehearsal.cluster.layout import DATABASE, NODES, ROLES, Layout

SECONDS: Final = 120


class NoPrimary(Exception):
    """No node became the primary in time, or no standby confirms its commits."""

    code = "no-primary"


@dataclass(frozen=True, kw_only=True)
class Member:
    """A node as Patroni lists it."""

    node: int
    role: str  # leader, replica, sync_standby
    state: str
    lag: int | str


def members(layout: Layout) -> list[Member]:
    """The nodes that Patroni lists, as the first one that answers says; none if none answers."""
    for node in NODES:
        try:
            answer = httpx.get(f"{address(layout, node)}/cluster", timeout=3, trust_env=False).json()
        except (httpx.HTTPError, json.JSONDecodeError):
            continue
        return [
            Member(
                node=int(str(each["name"]).rpartition("-")[2]),
                role=str(each.get("role")),
                state=str(each.get("state")),
                lag=each.get("lag", 0),
            )
            for each in answer.get("members", [])
        ]
    return []


def primary(layout: Layout) -> int:
    """The node that is the primary, as each says of itself; a busy one is asked again. Raises NoPrimary."""
    for _ in range(3):
        for node in NODES:
            if is_primary(layout, node):
                return node
        time.sleep(1)
    raise NoPrimary("No node is the primary.")


def is_primary(layout: Layout, node: int) -> bool:
    """Whether a node says that it is the primary."""
    try:
        return httpx.get(f"{address(layout, node)}/primary", timeout=3, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def wait_for(what: Callable[[], Any], *, seconds: float = SECONDS, told: str = "") -> float:
    """Ask until the answer is true, and say how many seconds it took; raises NoPrimary."""
    began = time.monotonic()
    while True:
        try:
            if what():
                return time.monotonic() - began
        except (NoPrimary, httpx.HTTPError, psycopg.Error):
            pass
        if time.monotonic() - began > seconds:
            raise NoPrimary(f"{told or 'the primary and its standbys'}: not within {seconds:.0f} s")
        time.sleep(0.3)


def is_whole(layout: Layout) -> bool:
    """Whether there is a primary, two standbys stream from it, and one confirms its commits where that is asked."""
    found = members(layout)
    streaming = [each for each in found if each.state == "streaming"]
    confirms = any(each.role == "sync_standby" for each in found) or not is_strict(layout)
    return any(each.role == "leader" for each in found) and len(streaming) == 2 and confirms


def is_strict(layout: Layout) -> bool:
    """Whether commits wait for a standby."""
    answer = httpx.get(f"{address(layout, primary(layout))}/config", timeout=5, trust_env=False)
    return bool(answer.json().get("synchronous_mode"))


def make_database(layout: Layout) -> bool:
    """Make the roles and the database of the product where they are missing, and say that they are there."""
    with psycopg.connect(layout.database_url("postgres", database="postgres"), autocommit=True) as connection:
        for role in ROLES:
            with suppress(errors.DuplicateObject):
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                        sql.Identifier(role), layout.passwords[role]
                    )
                )
        with suppress(errors.DuplicateDatabase):
            connection.execute(
                sql.SQL(
                    "CREATE DATABASE {} OWNER rukhsa LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
                    " TEMPLATE template0"
                ).format(sql.Identifier(DATABASE))
            )
    return True


def confirm(layout: Layout, *, strictly: bool) -> None:
    """Have commits wait for a standby, or not, and return once it is so."""
    modes = {"synchronous_mode": strictly, "synchronous_mode_strict": strictly}
    httpx.patch(
        f"{address(layout, primary(layout))}/config", json=modes, timeout=10, trust_env=False
    ).raise_for_status()
    wait_for(lambda: is_confirming(layout) is strictly)


def is_confirming(layout: Layout) -> bool:
    """Whether the primary itself waits for a standby."""
    with psycopg.connect(
        layout.database_url("postgres", database="postgres"), connect_timeout=5
    ) as connection:
        row = connection.execute("SHOW synchronous_standby_names").fetchone()
        return bool(row and row[0])


def address(layout: Layout, node: int) -> str:
    """Where a node's Patroni answers."""
    return f"http://127.0.0.1:{layout.port(f'patroni-{node}')}"
