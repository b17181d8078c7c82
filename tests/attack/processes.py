"""Two processes of the portal at once, and the user as whom it works against the one who keeps the keys."""

import json
import os
import pwd
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx

from rukhsa.project.config import PROJECT, read
from rukhsa.project.ports import held_ports
from rukhsa.project.processes import processes as processes_of
from rukhsa_rehearsal.known_secrets import code_of
from tests.attack.browser import Browser
from tests.attack.deployment import processes
from tests.attack.ground import Ground
from tests.attack.guesses import WRONG, enters, proof_is_asked, signing_in
from tests.attack.tries import NotTried, Tries, judged, kind
from tests.rooms.issuance.signer.test_apart import TRIES, WAYS

HUDA, KHALID, AHMED = (f"{name}@mun.example" for name in ("huda", "khalid", "ahmed"))


@kind(
    tried="two processes of the portal: one code at both, one after the other and at the same moment; guesses divided"
    " between them",
    must="one of them opens; guesses are counted together", tries=8, controls=2, since="security 6",
)  # fmt: skip
def two_portals(ground: Ground) -> Tries:
    with second_portal(ground) as other:
        sites = (ground.portal, other)
        browsers = [signing_in(ground, HUDA, _password(HUDA), Browser(site)) for site in sites]
        code = code_of(HUDA, at=datetime.now(UTC))
        opened = [enters(each, code) for each in browsers]
        yield judged(
            "one code at the first portal", str(opened[0]), must="opens", holds=opened[0], control=True
        )
        yield judged("and then at the second", str(opened[1]), must="refused", holds=not opened[1])
        both = [signing_in(ground, KHALID, _password(KHALID), Browser(site)) for site in sites]
        code = code_of(KHALID, at=datetime.now(UTC))
        with ThreadPoolExecutor(2) as pool:
            entered = sum(pool.map(lambda each: enters(each, code), both))
        yield judged("one code at both at once", f"{entered} entered", must="one at most", holds=entered <= 1)
        pair = [Browser(site, address="198.51.100.7") for site in sites]
        for number in range(5):
            answer = pair[number % 2].post("/desk/sign-in", {"login": AHMED, "password": f"{WRONG} {number}"})
            yield judged(
                f"guess {number}", str(answer.status_code), must="refused", holds=answer.status_code != 302
            )
        slowed = signing_in(ground, AHMED, _password(AHMED), Browser(other, address="198.51.100.7"))
        yield judged(
            "the right one after five at both", "", must="slowed down", holds=not proof_is_asked(slowed)
        )
        elsewhere = signing_in(ground, AHMED, _password(AHMED), Browser(other))
        opened_there = proof_is_asked(elsewhere)
        yield judged(
            "the owner, elsewhere",
            str(opened_there),
            must="asked for the proof",
            holds=opened_there,
            control=True,
        )


def _password(email: str) -> str:
    return f"{email.partition('@')[0]}-of-the-town"


@contextmanager
def second_portal(ground: Ground) -> Iterator[str]:
    """The address of one more process of the portal in the same deployment."""
    with held_ports(1) as (port,):
        environment = {**ground.world.environment, "RUKHSA_PORTAL_PORT": str(port)}
        portal = next(each for each in processes_of(read(environment)) if each.name == "portal")
        path = {"PYTHONPATH": f"{PROJECT}/src:{PROJECT}"}
        log = (ground.world.config.data / "second-portal.log").open("wb")
        process = subprocess.Popen(
            portal.command, env={**environment, **path, **portal.environment}, stdout=log, stderr=log
        )
        try:
            site = f"http://127.0.0.1:{port}"
            until = time.monotonic() + 120
            while not _answers(site) and time.monotonic() < until and process.poll() is None:
                time.sleep(0.2)
            yield site
        finally:
            process.terminate()
            process.wait()
            log.close()


def _answers(site: str) -> bool:
    try:
        return httpx.get(f"{site}/healthz", trust_env=False).is_success
    except httpx.HTTPError:
        return False


@kind(
    tried="the user of the portal against the signer: each key's file and folder, the signer's process by"
    " eight ways, its"
    " socket",
    must="denied by the kernel",
    tries=len(WAYS) + 1,
    controls=1,
    since="security 8",
)
def keys(ground: Ground) -> Tries:
    if os.geteuid():
        raise NotTried("two users of one machine are only to be had by root")
    try:
        portal = pwd.getpwnam("rukhsa")
    except KeyError:
        raise NotTried("keys and portal share a user here") from None
    data = ground.world.config.data
    signer = next(each for each in processes(ground.world).values() if "signer" in each.name)
    key = next((data / "keys").glob("*-seal-*.pem"))
    said = json.loads(_as(portal, TRIES, str(signer.pid), str(key)))
    for way in WAYS:
        denied = said[way] not in ("read",)
        yield judged(way, said[way], must="denied", holds=denied)
    socket = data / "signer/socket"
    program = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); print('connected')"
    )
    came = _as(portal, program, str(socket))
    yield judged("the socket", came.strip() or "denied", must="denied", holds="connected" not in came)
    read_by_root = bool(key.read_bytes())
    yield judged("the key's file, by root", "read", must="read", holds=read_by_root, control=True)


def _as(user: pwd.struct_passwd, program: str, *arguments: str) -> str:
    return subprocess.run(
        ["/usr/bin/python3", "-I", "-c", program, *arguments],
        user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/", capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
