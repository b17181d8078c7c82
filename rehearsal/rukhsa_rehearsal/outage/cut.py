"""Cuts a node of a cluster from the others with nftables, and counts that the cut took effect."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from rukhsa_rehearsal.cluster.layout import NODES, Layout
from rukhsa_rehearsal.cluster.programs import output, program

_PORTS: Final = ("etcd", "etcd-peer", "postgres", "patroni")


class NotCut(Exception):
    """The rules were loaded and dropped nothing: what follows would prove nothing."""

    code = "not-cut"


@dataclass(kw_only=True)
class Cut:
    """A cut, and how many packets it dropped so far."""

    table: str
    dropped: int = 0

    def count(self) -> int:
        """Ask the kernel; raises NotCut if it dropped none."""
        counted = output("nft", "list", "table", "inet", self.table)
        self.dropped = sum(int(number) for number in re.findall(r"packets (\d+)", counted))
        if not self.dropped:
            raise NotCut("the cut dropped no packet")
        return self.dropped


@contextmanager
def cut(layout: Layout, node: int) -> Iterator[Cut]:
    """Drop what this node sends to the others and they to it; clients still reach all. Needs root."""
    others = [each for each in NODES if each != node]
    theirs = ", ".join(str(_account(layout, each)) for each in others)
    rules = f"""table inet {table_of(layout)} {{
 chain o {{ type filter hook output priority 0;
  meta skuid {_account(layout, node)} tcp dport {{ {_ports(layout, others)} }} counter drop
  meta skuid {{ {theirs} }} tcp dport {{ {_ports(layout, [node])} }} counter drop
 }}
}}
"""
    heal(layout)
    subprocess.run([program("nft"), "-f", "-"], input=rules, text=True, check=True)  # noqa: S603
    try:
        yield Cut(table=table_of(layout))
    finally:
        heal(layout)


def heal(layout: Layout) -> None:
    """Take the rules of this cluster away, if there are any."""
    command = [program("nft"), "delete", "table", "inet", table_of(layout)]
    subprocess.run(command, check=False, capture_output=True)  # noqa: S603


def table_of(layout: Layout) -> str:
    """The table of a cluster's rules: another one on this machine, of other ports, has its own."""
    return f"rukhsa_cut_{layout.base}"


def _account(layout: Layout, node: int) -> int:
    account = layout.accounts[f"node-{node}"]
    assert account, "a cut tells the nodes apart by their accounts, which root alone gives them"
    return account.user


def _ports(layout: Layout, nodes: list[int]) -> str:
    return ", ".join(str(layout.port(f"{kind}-{node}")) for node in nodes for kind in _PORTS)
