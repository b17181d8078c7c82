"""What every kind of tries stands on: a deployment, people signed in, documents that were issued, a draft."""

import json
import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import httpx

from rukhsa.project.config import PROJECT
from rukhsa.project.story.applicant import Applicant, Document
from rukhsa.project.story.checks import read_qr
from rukhsa.project.story.plots import Plot, plots
from rukhsa.project.story.staff import Staff
from rukhsa.project.world import World
from tests.attack.browser import Browser

# Our own requests come through a proxy that is believed, so that each try can have an address of its own.
SETTINGS = {"RUKHSA_TRUSTED_PROXIES": "127.0.0.1"}
HOUSES = {
    "CAP": {"flat": "12", "building": "1024", "road": "1705", "block": "317"},
    "MUH": {"flat": "12", "building": "1024", "road": "1305", "block": "213"},
}


@dataclass(kw_only=True)
class Ground:
    """A running deployment and what was made in it before the first try."""

    world: World
    layla: Applicant
    george: Applicant
    salem: Staff
    documents: dict[str, Document]  # by authority: CAP is Layla's, MUH is George's
    waiting: dict[str, str]  # applications that were submitted, by authority
    draft: str  # of Layla's, with documents to attach
    slot: str  # one of these documents
    made: dict[str, Any] = field(default_factory=dict)  # by the scene

    @property
    def portal(self) -> str:
        return self.world.config.addresses.portal_url

    @property
    def verifier(self) -> str:
        return self.world.config.addresses.public_url

    @property
    def sandbox(self) -> str:
        return self.world.config.addresses.sandbox_url

    @cached_property
    def text(self) -> str:
        """The text of the code on Layla's document."""
        return read_qr(self.documents["CAP"].pdf)

    def stranger(self) -> Browser:
        """A browser of the portal in which nobody is signed in, with an address of its own."""
        return Browser(self.portal)

    def asker(self) -> Browser:
        """A browser of the verifier, with an address of its own."""
        return Browser(self.verifier)

    def browser_of(self, person: Applicant | Staff) -> Browser:
        """A browser that is signed in as the person."""
        return Browser(self.portal, person.visitor.cookies)

    def child(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
        """A process of Python in the deployment's environment."""
        path = {"PYTHONPATH": f"{PROJECT}/src:{PROJECT}"}
        return subprocess.run(
            [sys.executable, *arguments],
            env={**self.world.environment, **path, **environment},
            capture_output=True,
            check=False,
        )

    def scene(self) -> dict[str, Any]:
        """People with two and three posts, signed in, and what there is in both towns; made once."""
        if not self.made:
            ended = self.child("-m", "tests.attack.scene")
            if ended.returncode:
                raise RuntimeError(ended.stderr.decode()[-2000:])
            self.made = json.loads(ended.stdout)
        return self.made

    def ask(self, question: dict[str, Any]) -> httpx.Response:
        """Ask the verifier as another system does."""
        return self.asker().client.post("/verdict", json=question, headers={"Accept": "application/json"})

    def ask_file(self, content: bytes, kind: str = "application/pdf") -> httpx.Response:
        """Ask the verifier about a file as another system does."""
        headers = {"Content-Type": kind, "Accept": "application/json"}
        return self.asker().client.post("/verdict", content=content, headers=headers)


def prepared(world: World) -> Ground:
    """Applications, documents and people in a deployment that has just begun."""
    portal = world.config.addresses.portal_url
    layla, george = Applicant(portal, "ekey-layla"), Applicant(portal, "ekey-resident")
    salem, mariam = Staff(portal, "salem"), Staff(portal, "mariam")
    for person in (layla, george, salem, mariam):
        person.sign_in()
    plot = next(each for each in plots(date.today(), turn=0) if each.service == "proof-of-residence")  # noqa: DTZ011
    plot = replace(plot, pauses=False)
    issued = {"CAP": layla, "MUH": george}
    documents = {town: _issued(one, salem, plot, town) for town, one in issued.items()}
    waiting = {town: one.apply(plot, _answers(plot, town)).application for town, one in issued.items()}
    page = layla.answer_all(layla.start(plot.service), _answers(plot, "CAP"))
    draft = page.address.split("/applications/")[1].partition("/")[0]
    slot = page.form(".slot:not(:has(.files)) form.upload").address.rpartition("/")[2]
    return Ground(
        world=world, layla=layla, george=george, salem=salem, documents=documents, waiting=waiting,
        draft=draft, slot=slot,
    )  # fmt: skip


def _answers(plot: Plot, town: str) -> dict[str, Any]:
    return dict(plot.answers) | {"home": HOUSES[town]}


def _issued(applicant: Applicant, officer: Staff, plot: Plot, town: str) -> Document:
    """A document from application to release."""
    applied = applicant.apply(plot, _answers(plot, town))
    officer.take(applied.reference)
    officer.check_all(applied.reference)
    officer.decide(applied.reference, "granted")
    hosted = applicant.begin_payment(applied.application, "national")
    applicant.visitor.send(hosted.form("form"), button="outcome=CAPTURED")
    applicant.wait_for(applied.application, "a[href$='/document']")
    return applicant.receive(applied.application)
