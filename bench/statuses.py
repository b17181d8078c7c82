"""Status lists: how large they are, how soon a revocation is in the one that is served; and the code of a long name."""

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

from bench.figure import Figure
from bench.town import open_town, paid
from rukhsa.catalogue.definition import read_definition
from rukhsa.catalogue.fullest import fullest_claims
from rukhsa.catalogue.territory import definition_files, read_territory
from rukhsa.project.config import PROJECT
from rukhsa.trust import qr, statuslist
from tests.trust import world

LONG_NAME = "عبدالرحمن بن محمد بن عبداللطيف المحمودية"  # of forty letters
MILLION = 1_000_000
ROUNDS = 5


def figures() -> Iterator[Figure]:
    """Sizes against their limits, and seconds of the clock against ten, with a worker as in a deployment."""
    yield _size("a status list of 1 M, 1 % revoked", MILLION // 100)
    # Half of the places are given to instruments; each of the revoked has a decoy beside it (issuance/status_list.py).
    decoys = MILLION // 2 // 100
    yield _size(
        "a status list in full use, 1 % of its instruments revoked, with decoys", MILLION // 200 + decoys
    )
    plain = world.text_of(
        world.make_seal(replace(world.CLAIMS, facts={1: 1, 2: LONG_NAME}), log_index=999_999)
    )
    yield _code("the QR of a certificate of 40 Arabic letters", [plain], limit=13)
    fullest = list(_fullest())
    yield _code(f"the densest QR of the fullest documents of {len(fullest)} definitions", fullest, limit=15)
    yield _seconds()


def _size(name: str, marked: int) -> Figure:
    chance, statuses = Random(1), statuslist.new()
    for place in chance.sample(range(statuslist.SHARD), marked):
        statuslist.put(statuses, place, statuslist.REVOKED)
    terms = {"uri": world.STATUS_URI, "issued_at": 1_600_000_000, "expires_at": 1_600_086_400, "ttl": 900}
    token = statuslist.sign_cwt(statuses, **terms, signer=world.STATUS_SIGNER)  # type: ignore[arg-type]
    return Figure(
        name=name,
        ours=len(token),
        peer=15_000,
        wanted=1,
        unit="bytes",
        less_is_better=True,
        other="limit",
        digits=0,
    )


def _fullest() -> Iterator[str]:
    """The texts of the codes of every service and paper, each with all its facts and a name of 40 letters."""
    for folder in sorted((PROJECT / "territories").glob("*/")):
        territory = read_territory(folder)
        for file in definition_files(folder):
            claims = fullest_claims(read_definition(file).value, territory, name=40)
            yield qr.qr_text(territory.verifier, world.make_seal(claims, log_index=2**32 - 1))


def _code(name: str, texts: list[str], *, limit: int) -> Figure:
    side = max(len(qr.matrix(text)) for text in texts)
    return Figure(
        name=f"{name}, error correction M",
        ours=(side - 17) / 4,
        peer=limit,
        wanted=1,
        unit="as its version",
        less_is_better=True,
        other="limit",
        digits=0,
    )


def _seconds() -> Figure:
    """The longest of some revocations, from the commit until the served file says it."""
    open_town()
    from rukhsa.issuance import cycle

    at = datetime.now(UTC)
    instruments = [cycle.issue(each, at=datetime.now(UTC)) for each in paid(ROUNDS, at=at)]
    worker = subprocess.Popen(
        [sys.executable, "-m", "rukhsa.project.command", "worker"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        taken = [_until_published(each) for each in instruments][1:]  # during the first one the worker starts
    finally:
        worker.terminate()
        worker.wait(30)
    return Figure(
        name="from the revocation until the served list says it, the slowest",
        ours=max(taken),
        peer=10,
        wanted=1,
        unit="seconds",
        less_is_better=True,
        other="limit",
        digits=2,
    )


def _until_published(instrument: Any) -> float:
    from rukhsa.accounts.models import Person
    from rukhsa.accounts.permissions import Role
    from rukhsa.authorities.actor import actor_for
    from rukhsa.authorities.models import Post
    from rukhsa.issuance import key_index, site
    from rukhsa.issuance.instrument import revoke
    from rukhsa.trust.keys import PublicKey

    now, intent = datetime.now(UTC), instrument.intent
    post = Post.objects.filter(role=Role.SUPERVISOR, authority=intent.authority).first()
    assert post is not None
    supervisor = actor_for(Person.objects.get(pk=post.person_id), at=now)
    uri = site.status_address(intent.authority_id, intent.status_list)
    signers = [PublicKey(jwk=key.jwk) for key in key_index.of(intent.authority_id, "status")]
    officer = Post.objects.filter(role=Role.OFFICER, authority=intent.authority).first()
    assert officer is not None
    revoke(
        instrument, reason="Obtained by a forged lease", proposed_by=officer.person, actor=supervisor, at=now
    )
    start = time.perf_counter()
    while time.perf_counter() - start < 60:
        read = statuslist.read(site.files().read(site.name_of(uri)), uri=uri, keys=signers)
        if read.get(intent.status_index) == statuslist.REVOKED:
            return time.perf_counter() - start
        time.sleep(0.02)
    raise RuntimeError("a revocation was not published within a minute")
