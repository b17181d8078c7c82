"""What every kind of tries stands on: a deployment, people signed in, documents that were issued, a draft."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import IO, Any

import httpx

from rukhsa.project.config import PROJECT
from rukhsa_rehearsal.deployment import Deployment
from rukhsa_rehearsal.story.anyone import read_qr
from rukhsa_rehearsal.story.applicant import Applicant, Applied, Document
from rukhsa_rehearsal.story.plots import Plot, plots
from rukhsa_rehearsal.story.staff_member import Staff
from rukhsa_rehearsal.story.visitor import Page
from tests.attack.browser import Browser

# Our own requests come through a proxy that is believed, so that each try can have an address of its own.
# MUH is given two documents an hour: one is issued before the first try.
SETTINGS = {"RUKHSA_TRUSTED_PROXIES": "127.0.0.1", "RUKHSA_SIGNATURES_AN_HOUR": "none, MUH=2"}
SECONDS_OF_THE_WORKER = 3  # for what a notice makes due; the worker does it at once
HOUSES = {
    "CAP": {"flat": "12", "building": "1024", "road": "1705", "block": "317"},
    "MUH": {"flat": "12", "building": "1024", "road": "1305", "block": "213"},
}


type Officers = tuple[Staff, Staff]  # who checks, and who decides


@dataclass(kw_only=True)
class Ground:
    """A running deployment and what was made in it before the first try."""

    world: Deployment
    layla: Applicant
    george: Applicant
    salem: Staff
    mariam: Staff
    documents: dict[str, Document]  # by authority: CAP is Layla's, MUH is George's
    waiting: dict[str, str]  # applications that were submitted, by authority
    draft: str  # of Layla's, with documents to attach
    slot: str  # one of these documents
    made: dict[str, Any] = field(default_factory=dict)  # by the scene
    _scene: "subprocess.Popen[str] | None" = None
    _hosted: Page | None = None  # of the payment that is owed

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
        """A browser of the portal without a sign-in, with an address of its own."""
        return Browser(self.portal)

    def asker(self) -> Browser:
        """A browser of the verifier, with an address of its own."""
        return Browser(self.verifier)

    def browser_of(self, person: Applicant | Staff) -> Browser:
        """A browser that is signed in as the person."""
        return Browser(self.portal, person.visitor.cookies)

    def child(self, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        """A process of Python in the deployment's environment."""
        return subprocess.run(
            [sys.executable, *arguments], env=self._environment, capture_output=True, check=False
        )

    def scene(self) -> dict[str, Any]:
        """People with two and three posts, signed in, and what there is in both towns; made once."""
        if not self.made:
            self.made = self._told("everything")
        return self.made

    @property
    def officers(self) -> Officers:
        """Who checks, and who decides."""
        return self.salem, self.mariam

    @cached_property
    def owing(self) -> dict[str, str]:
        """A payment of Layla's that is under way at the national gateway, and what a notice would say of it."""
        applied = self.layla.apply(*_plot("CAP"))
        _granted(applied, self.officers)
        page = self.layla.begin_payment(applied.application, "national")
        self._hosted = page
        told = self._told("attempt", applied.application)
        return {"application": applied.application, **told}

    def is_owing(self) -> bool:
        """Whether that payment is still open, once the worker has done what is due."""
        time.sleep(SECONDS_OF_THE_WORKER)
        page = self.layla.visitor.open(f"{self.portal}/applications/{self.owing['application']}/")
        return page.has("a[href$='/pay']") and not page.has("a[href$='/document']")

    def pay_owing(self) -> None:
        """Pay it, at the gateway's own page."""
        assert self._hosted is not None
        self.layla.visitor.send(self._hosted.form("form"), button="outcome=CAPTURED")
        self.layla.wait_for(self.owing["application"], "a[href$='/document']")

    def count_of(self, model: str) -> int:
        """How many rows a table of the deployment has."""
        return int(self._told("count", model))

    def invited(self, email: str) -> str:
        """The link of a new invitation for an officer of that address; one from before ends."""
        return str(self._told("invite", email))

    def companies(self) -> dict[str, dict[str, str]]:
        """Sessions of people who act for companies, by what they may."""
        return dict(self._told("companies"))

    def end_mandate(self) -> None:
        """End the mandate of the last of them."""
        self._told("end_mandate")

    def asked_of_an_agency(self) -> dict[str, Any]:
        """A referral to an agency, a file of its application, and sessions of that agency and of another."""
        return dict(self._told("asked"))

    def issued(self, town: str) -> Document:
        """A document of a town, from application to release."""
        return _issued({"CAP": self.layla, "MUH": self.george}[town], self.officers, town)

    def paid(self, town: str) -> Applied:
        """An application of a town that was granted and paid for."""
        return _paid({"CAP": self.layla, "MUH": self.george}[town], self.officers, town)

    def dismiss(self, pk: str) -> None:
        """End the posts of a person."""
        self._told("dismiss", pk)

    def close(self) -> None:
        """End the scene."""
        if self._scene:
            self._scene.stdin.close()  # type: ignore[union-attr]
            self._scene.wait()
            self._said.close()

    def _told(self, *asked: str) -> Any:
        """What the scene answers; it is one process, started when it is first asked."""
        if self._scene is None:
            self._scene = subprocess.Popen(
                [sys.executable, "-m", "tests.attack.scene"],
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                text=True,
            )
        assert self._scene.stdin
        assert self._scene.stdout
        self._scene.stdin.write(json.dumps(asked) + "\n")
        self._scene.stdin.flush()
        return json.loads(self._scene.stdout.readline())

    @cached_property
    def _said(self) -> IO[bytes]:
        return (self.world.config.data / "scene.log").open("wb")

    @property
    def _environment(self) -> dict[str, str]:
        return {**self.world.environment, "PYTHONPATH": f"{PROJECT}/src:{PROJECT}"}

    def ask(self, question: dict[str, Any]) -> httpx.Response:
        """Ask the verifier as another system does."""
        return self.asker().client.post("/verdict", json=question, headers={"Accept": "application/json"})

    def ask_file(self, content: bytes, kind: str = "application/pdf") -> httpx.Response:
        """Ask the verifier about a file as another system does."""
        headers = {"Content-Type": kind, "Accept": "application/json"}
        return self.asker().client.post("/verdict", content=content, headers=headers)


def prepared(world: Deployment) -> Ground:
    """Applications, documents and people in a deployment that has just begun."""
    portal = world.config.addresses.portal_url
    layla, george = Applicant(portal, "ekey-layla"), Applicant(portal, "ekey-resident")
    salem, mariam = Staff(portal, "salem"), Staff(portal, "mariam")
    for person in (layla, george, salem, mariam):
        person.sign_in()
    issued = {"CAP": layla, "MUH": george}
    documents = {town: _issued(one, (salem, mariam), town) for town, one in issued.items()}
    waiting = {town: one.apply(*_plot(town)).application for town, one in issued.items()}
    plot, answers = _plot("CAP")
    page = layla.answer_all(layla.start(plot.service), answers)
    draft = page.address.split("/applications/")[1].partition("/")[0]
    slot = page.form(".slot:not(:has(.files)) form.upload").address.rpartition("/")[2]
    return Ground(
        world=world, layla=layla, george=george, salem=salem, mariam=mariam, documents=documents, waiting=waiting,
        draft=draft, slot=slot,
    )  # fmt: skip


def _plot(town: str) -> tuple[Plot, dict[str, Any]]:
    """A proof of residence in a town, and its answers."""
    plots_of_today = plots(date.today(), turn=0)  # noqa: DTZ011 - the applicant's own calendar
    plot = next(each for each in plots_of_today if each.service == "proof-of-residence")
    return replace(plot, pauses=False), dict(plot.answers) | {"home": HOUSES[town]}


def _granted(applied: Applied, officers: Officers) -> None:
    checks, decides = officers
    checks.take(applied.reference)
    checks.check_all(applied.reference)
    decides.decide(applied.reference, "granted")


def _issued(applicant: Applicant, officers: Officers, town: str) -> Document:
    applied = _paid(applicant, officers, town)
    applicant.wait_for(applied.application, "a[href$='/document']")
    return applicant.receive(applied.application)


def _paid(applicant: Applicant, officers: Officers, town: str) -> Applied:
    applied = applicant.apply(*_plot(town))
    _granted(applied, officers)
    hosted = applicant.begin_payment(applied.application, "national")
    applicant.visitor.send(hosted.form("form"), button="outcome=CAPTURED")
    return applied
