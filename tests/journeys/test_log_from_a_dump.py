"""An older dump beside a longer log: nothing goes on by itself, and the pages of operating lead out of it."""

import re
import secrets
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from rukhsa.project.config import PROJECT, config
from rukhsa.project.postgres import locate
from rukhsa.project.processes import RUKHSA
from rukhsa.trust import seal
from rukhsa.trust.qr import read_qr_text
from rukhsa_rehearsal.deployment import Deployment, deployed
from rukhsa_rehearsal.story.anyone import Anyone, read_qr
from rukhsa_rehearsal.story.applicant import Applicant, Document
from rukhsa_rehearsal.story.plots import ADDRESS
from rukhsa_rehearsal.story.staff_member import Staff
from tests.database import copied, drop, on_server
from tests.waiting import wait_until

PAGES = PROJECT / "docs/operating"
OPERATORS = {"6": "jasim@mun.example", "7": "khalid@mun.example"}
# Each log has an entry of the ceremony that was held after the dump.
AUTHORITIES = ("CAP", "MUH", "NOR", "SOU")
REASON = "the only machine with the newer commits burned"
ISSUED = "a[href$='/document']"


def commands(page: str, step: str) -> list[str]:
    """The commands of a step in the table of a page of docs/operating, as they stand there."""
    (row,) = re.findall(rf"^\| {step} \| (.*) \|$", (PAGES / page).read_text(), re.MULTILINE)
    return re.findall(r"`(rukhsa [^`]+)`", row)


@dataclass(kw_only=True)
class Operator:
    """Who sits at the machine: gives the commands of the pages in the folder of data, and carries files to the root."""

    environment: Mapping[str, str]
    data: Path

    def give(self, command: str, *, ends: int = 0, told: str = "", folder: Path | None = None) -> str:
        """What a command says; it must end with this code."""
        done = subprocess.run(
            [*RUKHSA, *shlex.split(command)[1:]],
            env=self.environment, cwd=folder or self.data, input=told, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == ends, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def hold_ceremony(self) -> str:
        """The steps of keys.md at the running system and at the offline machine; what the person who signs reads."""
        (draft,), (sign,), (publish,) = (commands("keys.md", step) for step in ("1", "3", "6"))
        self.give(draft)
        stick = self.data / "stick"
        stick.mkdir(exist_ok=True)
        for file in ("trust-list.draft.json", "public/trust-list.jws", "offline/root.pem"):
            shutil.copy(self.data / file, stick)
        read = self.give(sign, told="yes\n", folder=stick)
        self.give(publish, folder=stick)
        return read


def issued(layla: Applicant) -> Document:
    """Refuse bags: decided by a rule, and given as a document at once."""
    application = applied(layla)
    layla.wait_for(application, ISSUED)
    return layla.receive(application)


def applied(layla: Applicant) -> str:
    account = str(10_000_000 + secrets.randbelow(9_000_000_000))
    page = layla.answer_all(
        layla.start("refuse-bags"), {"home": ADDRESS, "account": account, "own-use": {"yes"}}
    )
    application = page.address.partition("/applications/")[2][:36]
    layla.submit(application)
    return application


def revoke(portal: str, document: Document) -> None:
    """At the desk, by two."""
    salem, mariam = Staff(portal, "salem"), Staff(portal, "mariam")
    for person in (salem, mariam):
        person.sign_in()
        page = person.open(f"{portal}/desk/instruments/?number={document.number}")
        page = person.open(page.link("main a[href*='/desk/instruments/']"))
        purpose = {"kind": "complaint", "words": "بلاغ عن انتقال صاحب الحساب"}
        person.send(page.form("main form:has([name=words])").fill(**purpose))
    salem.change_instrument(document.number, "revoke", "ثبت انتقال صاحب الحساب من السكن.")
    mariam.approve_revocation(document.number)
    for person in (salem, mariam):
        person.visitor.close()


def word(running: Deployment, document: Document) -> str:
    """What a stranger reads of the printed page."""
    return Anyone(site=running.config.addresses.public_url).by_picture(document.pdf).word


@dataclass(kw_only=True)
class Databases:
    """The database of a town, its dump by PostgreSQL's own program, and the new one into which that is restored."""

    name: str
    dump: Path
    new: str = ""

    def take_dump(self, address: str) -> None:
        """The command of backup.md for a trial without pgBackRest."""
        self._give("pg_dump", "--format=custom", f"--file={self.dump}", address)

    def lose(self, address: str) -> str:
        """The database is gone; the address of a new one with what the dump has."""
        self.new = f"{self.name}_restored"
        with on_server() as server:
            drop(server, self.name)
            drop(server, self.new)
            server.execute(f'CREATE DATABASE "{self.new}" TEMPLATE template0')
        restored = address.replace(f"/{self.name}?", f"/{self.new}?")
        self._give("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={restored}", str(self.dump))
        return restored

    def _give(self, program: str, *arguments: str) -> None:
        found = locate(config().data / "postgres").programs / program
        subprocess.run([str(found), *arguments], check=True)


@dataclass(frozen=True, kw_only=True)
class Issued:
    """Three documents: two that the dump has, one of them revoked after it, and one that it lacks."""

    kept: Document
    revoked: Document
    lost: Document

    def words(self, town: Deployment) -> list[str]:
        """What strangers read of them, in this order."""
        return [word(town, each) for each in (self.kept, self.revoked, self.lost)]


READ = ["valid", "revoked", "valid"]
MONITOR = "rukhsa log monitor public --root public/root.jwk --state monitor.json"


@pytest.mark.slow
def test_a_log_that_is_longer_than_a_restored_dump_is_succeeded_as_the_page_says(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, worker_id: str
) -> None:
    name = f"dumped-{worker_id}"
    folder = config().data / name
    with django_db_blocker.unblock():
        address = copied(name)
    databases = Databases(name=name, dump=config().data / f"{name}.dump")
    with deployed(folder, settings={"DATABASE_URL": address}) as town:
        documents = until_the_loss(town, lambda: databases.take_dump(address))
    with django_db_blocker.unblock():
        restored = databases.lose(address)
    with deployed(folder, settings={"DATABASE_URL": restored}, again=True) as town:
        operator = Operator(environment=town.environment, data=folder)
        layla = signed_in(town)
        waits = nothing_goes_on(town, operator, layla, documents)
        the_page(town, operator, documents)
        layla.wait_for(waits, ISSUED)
        after = layla.receive(waits)
        layla.visitor.close()
        assert [*documents.words(town), word(town, after)] == [*READ, "valid"]
        # Witnesses are asked by the worker's next round; before it a monitor says that there are none.
        wait_until(
            lambda: len([*operator.data.glob("public/log/*.2/checkpoint.witnessed")]) == len(AUTHORITIES)
        )
        assert "log/capital.2" in operator.give(MONITOR)
        operator.give("rukhsa fsck --files")


def until_the_loss(town: Deployment, dump: Callable[[], None]) -> Issued:
    """Documents before and after the dump, a revocation and a ceremony that it lacks; a monitor has seen all of it."""
    layla, operator = signed_in(town), Operator(environment=town.environment, data=town.config.data)
    kept, revoked = issued(layla), issued(layla)
    dump()
    documents = Issued(kept=kept, revoked=revoked, lost=issued(layla))
    layla.visitor.close()
    revoke(town.config.addresses.portal_url, revoked)
    operator.hold_ceremony()
    wait_until(lambda: documents.words(town) == READ)
    operator.give("rukhsa publish")
    operator.give(MONITOR)
    return documents


def nothing_goes_on(town: Deployment, operator: Operator, layla: Applicant, documents: Issued) -> str:
    """The product says what it found, and gives out nothing; the application that waits."""
    lists = {path: path.read_bytes() for path in (operator.data / "public/status").rglob("*.cwt")}
    waits = applied(layla)
    wait_until(lambda: "LogRolledBack" in (operator.data / "processes.log").read_text())
    said = operator.give("rukhsa publish", ends=1)
    assert "not-all-published: " in said
    assert "restore the newer database" in said
    assert "Traceback" not in said.rpartition("CommandError")[2]
    assert {path: path.read_bytes() for path in lists} == lists, "no revocation is taken back"
    assert not layla.visitor.open(f"{town.config.addresses.portal_url}/applications/{waits}/").has(ISSUED)
    assert documents.words(town) == READ
    return waits


def the_page(town: Deployment, operator: Operator, documents: Issued) -> None:
    """Steps 3 to 8, each command as the page has it, for every log that is longer than the database."""
    show, publish = commands("log-troubles.md", "3")
    assert "this database does not know it" in operator.give(show)
    assert "log-rolled-back" in operator.give(publish, ends=1)
    assert "this database does not know it" not in operator.give(show)
    (find,) = commands("log-troubles.md", "4")
    ends = {}
    for authority in AUTHORITIES:
        told = operator.give(find.replace("CAP", authority).replace("lost.txt", f"lost-{authority}.txt"))
        ends[authority] = re.search(r"ends with (\d+) entries.* root ([0-9a-f]{64})", told)
        assert (documents.revoked.number in told) == (authority == "CAP")
    entry = seal.leaf_entry(seal.read(read_qr_text(read_qr(documents.lost.pdf)).seal_bytes))
    assert f" seal {entry[-32:].hex()}\n" in (operator.data / "lost-CAP.txt").read_text()
    revoke(town.config.addresses.portal_url, documents.revoked)
    for step, mail in OPERATORS.items():
        (agree,) = commands("log-troubles.md", step)
        for authority in AUTHORITIES:
            operator.give(agree.replace("CAP", authority).replace("MAIL", mail).replace("…", REASON))
    read = operator.hold_ceremony()
    for end in ends.values():
        assert end is not None
        assert f"ENDED with {end[1]} entries, root {end[2]}" in " ".join(read.split())


def signed_in(town: Deployment) -> Applicant:
    layla = Applicant(town.config.addresses.portal_url, "ekey-layla")
    layla.sign_in()
    return layla
