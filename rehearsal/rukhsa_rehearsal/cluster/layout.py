"""The layout of a cluster on one machine: its folder, its ports, and the accounts of its parts."""

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from rukhsa.objects import Account as StoreAccount
from rukhsa.project import users
from rukhsa.project.users import Account, Users

NODES: Final = (1, 2, 3)
TWO: Final = (1, 2)
BASE: Final = 21_000
# From the first port of a cluster: where each part listens. SeaweedFS also takes each of its own plus 10,000.
OFFSETS: Final[Mapping[str, int]] = {
    "portal": 0,  # nginx, TLS
    "verifier": 1,  # nginx, TLS
    "sandbox": 2,
    "mail": 3,
    "haproxy": 4,
    "pgbouncer": 5,
    **{f"etcd-{node}": 10 + node for node in NODES},
    **{f"etcd-peer-{node}": 20 + node for node in NODES},
    **{f"postgres-{node}": 30 + node for node in NODES},
    **{f"patroni-{node}": 40 + node for node in NODES},
    **{f"portal-{number}": 50 + number for number in TWO},
    **{f"verifier-{number}": 60 + number for number in TWO},
    "store-master": 70,
    "store-volume": 71,
    "store-filer": 72,
    "store-objects": 73,  # S3 itself
    "store-tls": 75,  # the same through nginx, for pgBackRest, which speaks nothing else
    "store": 74,  # S3 as the product reaches it, which can be made to refuse or to be slow
}
# Who a part runs as when root starts the cluster. The three nodes of the database are three machines: what is cut from
# the others is an account. Portals and workers share files of mode 0600, and so an account.
ACCOUNTS: Final = {
    **{f"node-{node}": f"rukhsa-node{node}" for node in NODES},
    "front": "rukhsa-front",
    "store": "rukhsa-store",
    "signer": "rukhsa-signer",
    "town": "rukhsa",
    "verifier": "rukhsa-public",
}
DATABASE: Final = "rukhsa"
# Of the S3 store: what anyone may read, what no one but the product may, and what no one but the database may.
PUBLIC, FILES, BACKUP = BUCKETS = ("rukhsa-public", "rukhsa-files", "rukhsa-backup")
# Who owns the tables, who serves, who signs.
ROLES: Final = ("rukhsa", "rukhsa_serving", "rukhsa_signer")
WRITTEN: Final = "layout.json"


class CannotReach(Exception):
    """An account cannot enter the folder of the checkout or its Python; the text says what to do."""

    code = "cannot-reach"


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where a cluster lies and listens. `folder` is its own, and emptied at each start."""

    folder: Path
    base: int = BASE
    strict: bool = True  # commits wait for a standby; False: asynchronous, the control
    earlier: str = ""  # the commit that is upgraded from; without it the one before the newest migration
    passwords: Mapping[str, str] = field(
        default_factory=lambda: {
            role: secrets.token_hex(16) for role in ("postgres", "replicator", *ROLES, "store")
        }
    )

    def port(self, name: str) -> int:
        """The port of a part."""
        return self.base + OFFSETS[name]

    @property
    def town(self) -> Path:
        """The folder of the product's own data: RUKHSA_DATA."""
        return self.folder / "town"

    @property
    def switches(self) -> Path:
        """The folder of files that hold a part back, or change its environment: see parts.py."""
        return self.folder / "switches"

    @property
    def portal(self) -> str:
        """The address that people use, through nginx."""
        return f"https://127.0.0.1:{self.port('portal')}"

    @property
    def verifier(self) -> str:
        """The verifier's address, through nginx."""
        return f"https://127.0.0.1:{self.port('verifier')}"

    @property
    def certificate(self) -> Path:
        """The certificate of nginx, which its clients must believe."""
        return self.folder / "front" / "certificate.pem"

    def database_url(
        self, role: str = "rukhsa", *, through: str = "haproxy", database: str = DATABASE
    ) -> str:
        """libpq's address of the database for a role."""
        return f"postgresql://{role}:{self.passwords[role]}@127.0.0.1:{self.port(through)}/{database}"

    @property
    def store(self) -> StoreAccount:
        """Who opens the S3 store, and where."""
        endpoint = f"http://127.0.0.1:{self.port('store')}"
        return StoreAccount(
            endpoint=endpoint, region="us-east-1", key_id="rukhsa", secret=self.passwords["store"]
        )

    @property
    def by_root(self) -> bool:
        """Whether each part has an account of its own."""
        return os.geteuid() == 0

    @cached_property
    def accounts(self) -> Mapping[str, Account | None]:
        """The account of each kind of part; None where it is the user who starts the cluster."""
        if not self.by_root:
            return dict.fromkeys(ACCOUNTS)
        return {kind: users.account(name) for kind, name in ACCOUNTS.items()}

    @property
    def users(self) -> Users | None:
        """The product's own users among the accounts."""
        signer, town = self.accounts["signer"], self.accounts["town"]
        return Users(signer=signer, worker=town, others=town) if signer and town else None

    def own_folder(self, kind: str, name: str = "", *, mode: int = 0o700) -> Path:
        """The folder of a part, which belongs to its account."""
        folder = self.folder / (name or kind)
        folder.mkdir(parents=True, exist_ok=True)
        if account := self.accounts[kind]:
            os.chown(folder, account.user, account.group)
        folder.chmod(mode)
        return folder

    def write(self, kind: str, path: Path, text: str) -> Path:
        """Write a file that only the account of its part reads."""
        path.touch(mode=0o600)
        path.write_text(text)
        if account := self.accounts[kind]:
            os.chown(path, account.user, account.group)
        return path

    @classmethod
    def at(cls, folder: Path, *, base: int = BASE, strict: bool = True, fresh: bool = False) -> "Layout":
        """The layout of the cluster that lies in a folder, or of a new one there. Raises CannotReach."""
        written = folder / WRITTEN
        if not fresh and written.exists():
            kept = json.loads(written.read_text())
            return cls(folder=folder, base=kept["base"], strict=kept["strict"], passwords=kept["passwords"])
        layout = cls(folder=folder, base=base, strict=strict)
        layout._clear()
        written.touch(mode=0o600)
        written.write_text(json.dumps({"base": base, "strict": strict, "passwords": dict(layout.passwords)}))
        return layout

    def _clear(self) -> None:
        """Make the folder empty, and reachable by each account. Raises CannotReach."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for folder in (self.folder, self.town, self.switches):
            folder.mkdir(mode=0o755, parents=True)
        for account in filter(None, self.accounts.values()):
            if not (users.reaches(account, self.folder) and users.runs_python(account)):
                raise CannotReach(
                    f"{account.name} cannot enter {self.folder} or start its Python: lay the checkout where every user"
                    " of this machine may go, or start the cluster as a user who is not root."
                )
