"""Starts a cluster, sets the product up in it, and keeps all of it until it is told to end."""

import contextlib
import os
import signal
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import Request, urlopen

from botocore.exceptions import BotoCoreError, ClientError

from rukhsa.objects.bucket import Bucket, bare, client_of
from rukhsa.project import users
from rukhsa.project.config import PROJECT, read
from rukhsa.project.ports import require_free
from rukhsa.project.processes import RUKHSA
from rukhsa.project.supervisor import Process, only_one, say, supervise
from rukhsa_rehearsal.cluster import (
    configuration,
    interruptible,
    previous_version,
    primary,
    processes_of,
    programs,
)
from rukhsa_rehearsal.cluster.layout import BASE, BUCKETS, OFFSETS, PUBLIC, TWO, Layout
from rukhsa_rehearsal.cluster.parts import environment, parts
from rukhsa_rehearsal.sandbox import tsa

FOLDER: Final = PROJECT / "var" / "cluster"
SECONDS_TO_SERVE: Final = 240

type Act = Callable[[Layout], int]  # the exit code


class Failed(Exception):
    """A command of the product failed in the cluster; the text says which."""

    code = "failed-in-cluster"


@contextlib.contextmanager
def opened(folder: Path, *, base: int = BASE, strict: bool = True, fresh: bool = False) -> Iterator[Layout]:
    """The cluster in a folder, which is ours alone within the block.

    Raises ProgramsMissing, CannotReach or AlreadyRunning.
    """
    programs.require()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with only_one(folder.with_suffix(".running")):
        yield Layout.at(folder.absolute(), base=base, strict=strict, fresh=fresh)


def run(layout: Layout, *, act: Act | None = None, earlier_first: bool = False) -> int:
    """Start a cluster; once it serves, do `act` and end, or serve until told to end. The exit code of `act`.

    `earlier_first`: a new one is set up by an earlier version of the product, which then serves in it.

    Raises PortsBusy before anything is started.
    """
    require_free({f"{name} (--base)": layout.port(name) for name in OFFSETS}, bind="127.0.0.1")
    for switch in layout.switches.iterdir():
        switch.unlink()
    configuration.write_all(layout)

    def brought_up() -> int:
        bring_up(layout, earlier_first)
        if act:
            return act(layout)
        say(addresses(layout))
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
        return 0

    return keep(layout, parts(layout), brought_up, say=_say(layout))


def keep(
    layout: Layout, some: Sequence[Process], act: Callable[[], int], *, say: Callable[[str], None]
) -> int:
    """Run parts of a cluster while `act` is done, and end all of it, also when told to in the middle of `act`.

    The exit code of `act`: 1 where it raises NoPrimary or Failed, which is said; ENDED_EARLY where it was told to end.
    """
    begun = interruptible.Interruptible(lambda: _refusals_said(act))

    async def beside() -> None:
        try:
            await begun.ended()
        finally:
            processes_of.wake(layout)
        os.kill(os.getpid(), signal.SIGTERM)

    try:
        supervise(some, say=say, when_started=beside)
    finally:
        processes_of.end_servers(layout)
    return begun.code


def _refusals_said(act: Callable[[], int]) -> int:
    try:
        return act()
    except (primary.NoPrimary, Failed) as refused:
        say(str(refused))
        return 1


def addresses(layout: Layout) -> str:
    """Where everything answers, and how to end it."""
    lines = {
        "portal": layout.portal,
        "desk": f"{layout.portal}/desk/",
        "verifier": layout.verifier,
        "mail box": f"http://127.0.0.1:{layout.port('sandbox')}/mailbox",
        "database": f"127.0.0.1:{layout.port('haproxy')}; its nodes: {primary.address(layout, 1)}/cluster",
        "store (S3)": f"http://127.0.0.1:{layout.port('store')}",
        "its output": str(layout.folder / "parts.log"),
    }
    told = "".join(f"  {name:<11} {address}\n" for name, address in lines.items())
    return f"\n{told}  The certificate is its own: {layout.certificate}\n\n  Ctrl-C ends all of it.\n"


def _say(layout: Layout) -> Callable[[str], None]:
    """What the parts print goes into a file, since there are many."""
    log = (layout.folder / "parts.log").open("a")

    def write(line: str) -> None:
        log.write(f"{time.strftime('%H:%M:%S')} {line}\n")
        log.flush()

    return write


def bring_up(layout: Layout, earlier_first: bool) -> None:
    """Wait for the database, set the product up, let its processes start, and wait until it serves."""
    began = time.monotonic()
    primary.wait_for(lambda: primary.is_whole(layout))
    say(f"Three nodes of PostgreSQL stand ({time.monotonic() - began:.0f} s).")
    primary.wait_for(lambda: primary.make_database(layout))
    primary.wait_for(lambda: make_buckets(layout), told="the S3 store")
    is_new = not (layout.town / "keys").exists()
    set_up(layout, **(previous_version.begin(layout) if is_new and earlier_first else {}))
    (layout.switches / "open").touch()
    primary.wait_for(lambda: serves(layout), seconds=SECONDS_TO_SERVE, told="portal and verifier")
    say(f"Everything serves ({time.monotonic() - began:.0f} s).")


def make_buckets(layout: Layout) -> bool:
    """Make the buckets of the store where they are missing, and say whether the store is there."""
    client = client_of(layout.store)
    try:
        for name in BUCKETS:
            with contextlib.suppress(client.exceptions.BucketAlreadyOwnedByYou):
                client.create_bucket(Bucket=name)
    except (BotoCoreError, ClientError):
        return False
    return True


def set_up(layout: Layout, **more: str) -> None:
    """Run `rukhsa setup`, with more in its environment, and give each account its folders. Raises Failed."""
    for number in TWO:
        layout.own_folder("signer", f"signer-{number}", mode=0o750)
    tsa.stamper(layout.town / "sandbox")  # the workers read its certificate
    rukhsa(layout, "setup", **more)
    tell_witness(layout)
    if apart := layout.users:
        users.settle(read(environment(layout)), apart, layout.folder / "signer-1" / "socket")
        (layout.town / "look").chmod(0o755)


def tell_witness(layout: Layout) -> None:
    """Give the sandbox's witness, which reads a folder, the trust list of the store."""
    public = Bucket(client=client_of(layout.store), name=PUBLIC, prefix="", headers=bare)
    folder = layout.town / "public"
    folder.mkdir(exist_ok=True)
    for name in ("trust-list.jws", "root.jwk"):
        (folder / name).write_bytes(public.read(name))


def play_story(layout: Layout) -> int:
    """Play the whole story through nginx. Raises Failed."""
    rukhsa(layout, "story", "--here")
    return 0


def rukhsa(layout: Layout, *arguments: str, **more: str) -> None:
    """Run a command of the product. Raises Failed."""
    told = {**os.environ, **environment(layout, **more)}
    if subprocess.run([*RUKHSA, *arguments], env=told, check=False).returncode:  # noqa: S603 - our own command
        raise Failed(f"`rukhsa {' '.join(arguments)}` failed in the cluster: see above.")


def serves(layout: Layout) -> bool:
    """Whether portal and verifier answer through nginx."""
    return all(answers(layout, f"{site}/healthz") for site in (layout.portal, layout.verifier))


def answers(layout: Layout, url: str, *, seconds: float = 5) -> bool:
    """Whether an address of the cluster answers with success."""
    try:
        request = Request(url)  # noqa: S310 - an address of ours
        context = ssl.create_default_context(cafile=str(layout.certificate))
        with urlopen(request, timeout=seconds, context=context) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
