"""The parts of a cluster as processes: their command lines, their environment and their accounts."""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from rukhsa.project.config import read
from rukhsa.project.processes import processes
from rukhsa.project.supervisor import Process
from rukhsa_rehearsal.cluster.layout import FILES, NODES, PUBLIC, TWO, Layout
from rukhsa_rehearsal.cluster.programs import ENGINE, patroni, program
from rukhsa_rehearsal.cluster.store_front import SWITCH

# Each part waits while `NAME.held` is there, and the product's own also until `open` is; `NAME.sh` changes the
# environment of its next start.
GATE: Final = (
    'cd "$1"; [ -z "$3" ] || until [ -e open ]; do sleep 0.2; done; while [ -e "$2.held" ]; do sleep 0.2; done; '
    '[ ! -e "$2.sh" ] || . "./$2.sh"; shift 3; exec "$@"'
)
MARK: Final = (
    "CLUSTER_PART"  # in the environment of each process of a part: the cluster's folder and its name
)
# Jobs that issue, and those that only tell: a hanging provider of SMS has a worker to itself.
LANES: Final[Mapping[str, tuple[str, ...]]] = {
    "issuing-1": ("issuing", "money", "outside", "sweeps"),
    "issuing-2": ("issuing", "money", "outside", "sweeps"),
    "notices": ("notices",),
}
OF_PRODUCT: Final = (
    *(f"{kind}-{number}" for kind in ("portal", "verifier", "signer") for number in TWO),
    *LANES,
)
# By which signer's machine a worker stands.
SIGNER_OF: Final = {"issuing-1": 1, "issuing-2": 2, "notices": 1}


def parts(layout: Layout) -> list[Process]:
    """Every part, in the order in which they start; they end in reverse."""
    return [*database_parts(layout), *store_parts(layout), *front_parts(layout), *product_parts(layout)]


def database_parts(layout: Layout) -> list[Process]:
    """Three etcd, three Patroni with their PostgreSQL, and HAProxy before them."""
    members = [etcd(layout, node) for node in NODES]
    engine = {"PYTHONPATH": str(ENGINE), "PYTHONUNBUFFERED": "1"}
    nodes = [
        _part(
            layout,
            f"node-{node}",
            f"node-{node}",
            *patroni(f"{layout.folder}/node-{node}/patroni.yml"),
            environment=engine,
        )
        for node in NODES
    ]
    front = layout.folder / "front"
    haproxy = _part(layout, "haproxy", "front", program("haproxy"), "-db", "-q", "-f", f"{front}/haproxy.cfg")
    return [*members, *nodes, haproxy]


def environment(layout: Layout, **more: str) -> dict[str, str]:
    """The environment of the product's processes."""
    return {
        "RUKHSA_ENVIRONMENT": "development",
        "RUKHSA_DATA": str(layout.town),
        "RUKHSA_PORTAL_URL": layout.portal,
        "RUKHSA_PUBLIC_URL": layout.verifier,
        "RUKHSA_SANDBOX_PORT": str(layout.port("sandbox")),
        "RUKHSA_MAIL_PORT": str(layout.port("mail")),
        "RUKHSA_TRUSTED_PROXIES": "127.0.0.1",
        "DATABASE_URL": layout.database_url(),
        "RUKHSA_PUBLIC_STORE": f"s3://{PUBLIC}",
        "RUKHSA_FILE_STORE": f"s3://{FILES}",
        "RUKHSA_S3_ENDPOINT": layout.store.endpoint,
        "RUKHSA_S3_KEY_ID": layout.store.key_id,
        "RUKHSA_S3_SECRET": layout.store.secret,
        "SSL_CERT_FILE": str(layout.certificate),
        "DJANGO_SETTINGS_MODULE": "rukhsa.project.settings",
        "HOME": "/nonexistent" if layout.by_root else os.environ.get("HOME", "/"),
        **more,
    }


def product_parts(layout: Layout) -> list[Process]:
    """Sandbox, two signers, three workers, two verifiers and two portals."""
    pooled = {"DATABASE_URL": layout.database_url("rukhsa_serving", through="pgbouncer")}
    as_signer = {"DATABASE_URL": layout.database_url("rukhsa_signer")}
    listens = {"portal": "RUKHSA_PORTAL_PORT", "verifier": "RUKHSA_PUBLIC_PORT"}
    signers = [
        _ours(layout, "signer", f"signer-{number}", "signer", **as_signer, **_socket(layout, number))
        for number in TWO
    ]
    webs = [
        _ours(
            layout,
            kind,
            f"{kind}-{number}",
            account,
            **pooled,
            **{listens[kind]: str(layout.port(f"{kind}-{number}"))},
        )
        for kind, account in (("verifier", "verifier"), ("portal", "town"))
        for number in TWO
    ]
    return [_ours(layout, "sandbox", "sandbox", "town"), *signers, *workers(layout), *webs]


def workers(layout: Layout) -> Iterator[Process]:
    """Two workers that issue, each with a signer, and one for notices."""
    for name, lanes in LANES.items():
        serves = {"DATABASE_URL": layout.database_url("rukhsa_serving"), **_socket(layout, SIGNER_OF[name])}
        part = _ours(layout, "worker", name, "town", *lanes, **serves)
        # The signer answers the members of its group alone.
        if part.account and (signer := layout.accounts["signer"]):
            part = replace(part, account=replace(part.account, groups=(signer.group,)))
        yield part


def etcd(layout: Layout, node: int) -> Process:
    """One member of etcd, in the account of its node."""
    client, peer = (f"http://127.0.0.1:{layout.port(f'{kind}-{node}')}" for kind in ("etcd", "etcd-peer"))
    peers = ",".join(f"etcd-{each}=http://127.0.0.1:{layout.port(f'etcd-peer-{each}')}" for each in NODES)
    return _part(
        layout,
        f"etcd-{node}",
        f"node-{node}",
        *(program("etcd"), "--name", f"etcd-{node}", "--data-dir", f"{layout.folder}/node-{node}/etcd"),
        *("--listen-client-urls", client, "--advertise-client-urls", client),
        *("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer),
        *("--initial-cluster", peers, "--initial-cluster-state", "new", "--log-level", "error"),
        # For a machine whose cores all parts share.
        *("--heartbeat-interval", "250", "--election-timeout", "2500"),
    )


def store_parts(layout: Layout) -> Iterator[Process]:
    """The S3 store: one process."""
    store, ports = layout.folder / "store", ("master", "volume", "filer")
    yield _part(
        layout,
        "store",
        "store",
        *(
            program("weed"),
            "-logtostderr=true",
            "-v=-1",
            "server",
            f"-dir={store}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
        ),
        *(f"-{name}.port={layout.port(f'store-{name}')}" for name in ports),
        *(
            "-filer",
            "-s3",
            f"-s3.port={layout.port('store-objects')}",
            f"-s3.config={store}/s3.json",
            "-volume.max=32",
        ),
        # What it would open, or report to its makers, beside what is asked for.
        *(
            "-master.volumeSizeLimitMB=64",
            "-master.telemetry=false",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
        ),
    )
    yield _part(
        layout,
        "store-front",
        "store",
        *(sys.executable, "-m", "rukhsa_rehearsal.cluster.store_front", str(layout.switches / SWITCH)),
        *(str(layout.port(each)) for each in ("store", "store-objects")),
    )


def front_parts(layout: Layout) -> Iterator[Process]:
    """What stands before the product: the pool of connections, and TLS."""
    front = layout.folder / "front"
    yield _part(layout, "pgbouncer", "front", program("pgbouncer"), "-q", f"{front}/pgbouncer.ini")
    yield _part(
        layout,
        "nginx",
        "front",
        program("nginx"),
        "-p",
        str(front),
        "-e",
        f"{front}/error.log",
        "-c",
        f"{front}/nginx.conf",
    )


def _ours(layout: Layout, kind: str, name: str, account: str, *arguments: str, **more: str) -> Process:
    """A process of the product with its own command line, as `rukhsa run` has it, under a name of the cluster."""
    told = environment(layout, **more)
    part = next(each for each in processes(read(told)) if each.name == kind)
    return _part(
        layout,
        name,
        account,
        *part.command,
        *arguments,
        is_ours=True,
        environment={**told, **part.environment},
    )


def _part(
    layout: Layout,
    name: str,
    account: str,
    *command: str,
    is_ours: bool = False,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Process:
    gate = ("/bin/sh", "-c", GATE, "part", str(layout.switches), name, "open" if is_ours else "")
    return Process(
        name=name,
        command=(*gate, *command),
        environment={**environment, MARK: f"{layout.folder}/{name}"},
        account=layout.accounts[account],
    )


def _socket(layout: Layout, number: int) -> dict[str, str]:
    return {"RUKHSA_SIGNER_SOCKET": str(layout.folder / f"signer-{number}" / "socket")}
