"""A process of the portal's user reads no key: not its file, and nothing of the process that holds it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings as of_django

from rukhsa.project.config import PROJECT
from tests.children import ENVIRONMENT, world_of
from tests.opinions import two_users
from tests.rooms.issuance.signer.asking import as_user

SIGNER, PORTAL = 61_501, 61_502
SECRET: Final = b"-----BEGIN PRIVATE KEY----- of the test"
# Every way to what a process holds: what comes of each, tried by one user against one process and one file.
TRIES: Final = """
import ctypes, json, os, sys
pid, key = sys.argv[1:]
secret, said = b"-----BEGIN PRIVATE KEY----- of the test", {}

def tried(name, act):
    try:
        said[name] = "read" if act() else "nothing"
    except OSError as error:
        said[name] = type(error).__name__

def memory():
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            first, last = (int(part, 16) for part in line.split()[0].split("-"))
            if "rw" in line.split()[1]:
                mem.seek(first)
                return bool(mem.read(16))

def traced():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, int(pid), None, None):  # PTRACE_ATTACH
        raise OSError(ctypes.get_errno(), "ptrace")
    os.waitpid(int(pid), 0x40000000)
    libc.ptrace(17, int(pid), None, None)
    return True

tried("file", lambda: open(key, "rb").read() == secret)
tried("folder", lambda: os.listdir(os.path.dirname(key)))
tried("root", lambda: open(f"/proc/{pid}/root{key}", "rb").read() == secret)
tried("cwd", lambda: os.listdir(f"/proc/{pid}/cwd/"))
tried("fd", lambda: [os.readlink(f"/proc/{pid}/fd/{each}") for each in os.listdir(f"/proc/{pid}/fd")])
tried("environ", lambda: open(f"/proc/{pid}/environ", "rb").read())
tried("mem", memory)
tried("ptrace", traced)
print(json.dumps(said))
"""
WAYS: Final = ("file", "folder", "root", "cwd", "fd", "environ", "mem", "ptrace")


@pytest.fixture
def key(place: Path) -> Path:
    """A key's file as it lies in the folder of a signer of its own."""
    two_users()
    folder = place / "keys"
    folder.mkdir(mode=0o700)
    file = folder / "CAP-seal-0123456789abcdef.pem"
    file.write_bytes(SECRET)
    file.chmod(0o400)
    for each in (folder, file):
        os.chown(each, SIGNER, SIGNER)
    return file


@contextmanager
def signer_process(place: Path, **told: Any) -> Iterator[int]:
    """A signer in a process of its own; gives its number."""
    world = world_of(of_django, address=str(place / "socket"), users=[0, SIGNER], **told)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.rooms.issuance.signer.process", world],
        stdout=subprocess.PIPE,
        env=os.environ | ENVIRONMENT,
        cwd=PROJECT,
        text=True,
    ) as process:
        try:
            assert process.stdout
            yield json.loads(process.stdout.readline())["ready"]
        finally:
            process.kill()


@pytest.mark.slow
def test_the_portals_user_reaches_nothing_of_the_signer(
    db: None, place: Path, key: Path, settings: Any
) -> None:
    settings.RUKHSA_KEYS, settings.RUKHSA_PUBLIC = key.parent, place
    place.chmod(0o777)
    with signer_process(place, user=SIGNER) as pid:
        said = json.loads(as_user(PORTAL, TRIES, str(pid), str(key)))
    assert said == dict.fromkeys(WAYS, "PermissionError")


@pytest.mark.slow
def test_nor_does_another_process_of_the_signers_own_user_reach_its_memory(
    db: None, place: Path, key: Path, settings: Any
) -> None:
    settings.RUKHSA_KEYS, settings.RUKHSA_PUBLIC = key.parent, place
    place.chmod(0o777)
    with signer_process(place, user=SIGNER) as pid:
        said = json.loads(as_user(SIGNER, TRIES, str(pid), str(key)))
    assert said == dict.fromkeys(WAYS, "PermissionError") | {"file": "read", "folder": "read"}


def test_where_they_share_a_user_every_way_leads_to_the_key(place: Path, key: Path) -> None:
    """The control: the same tries, by a process of the user who holds the keys, against an ordinary process."""
    open_to_tracers = (
        "import ctypes, sys; ctypes.CDLL(None).prctl(0x59616d61, -1, 0, 0, 0)"  # PR_SET_PTRACER, any
    )
    waiting = f"{open_to_tracers}; print(1, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        ["/usr/bin/python3", "-I", "-c", waiting],
        user=SIGNER,
        group=SIGNER,
        extra_groups=[],
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline()
            said = json.loads(as_user(SIGNER, TRIES, str(process.pid), str(key)))
        finally:
            process.kill()
    assert said == dict.fromkeys(WAYS, "read")


def test_the_signer_shuts_its_memory_and_leaves_no_core() -> None:
    program = (
        "import ctypes, resource, django; django.setup()\n"
        "from rukhsa.issuance.signers.listener import keep_to_ourselves\n"
        "libc = ctypes.CDLL(None)\n"
        "before = libc.prctl(3, 0, 0, 0, 0)  # PR_GET_DUMPABLE\n"
        "keep_to_ourselves()\n"
        "print(before, libc.prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))"
    )
    command, told = [sys.executable, "-c", program], {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        command, env=os.environ | ENVIRONMENT | told, cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "1 0 (0, 0)"
