"""The load of an outage: people who apply, pay and verify without a pause, and remember what they were told."""

import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx

from rukhsa.outside import believed
from rukhsa_rehearsal.cluster.layout import Layout
from rukhsa_rehearsal.outage.told import Told
from rukhsa_rehearsal.story.anyone import read_qr
from rukhsa_rehearsal.story.applicant import Applicant, Document
from rukhsa_rehearsal.story.plots import ADDRESS
from rukhsa_rehearsal.story.staff_member import Staff
from rukhsa_rehearsal.story.visitor import Lost, Page

PEOPLE = ("ekey-layla", "ekey-resident", "ekey-layla")
VERDICTS_A_SECOND = 4
SECONDS_FOR_A_VERDICT = 5  # one that takes longer was not given


class Load:
    """Applicants and a verifying stranger, each in a thread, from `start` to `end`."""

    def __init__(self, layout: Layout, document: Document) -> None:
        self.told = Told()
        self._layout = layout
        self._document = document
        self._ending = threading.Event()
        acts: list[tuple[Callable[..., None], str]] = [(self._apply, person) for person in PEOPLE]
        acts += [(self._verify, "")]
        self._threads = [threading.Thread(target=self._live, args=each, daemon=True) for each in acts]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Let each finish what it is at, so that nothing is left half asked."""
        self._ending.set()
        for thread in self._threads:
            thread.join(240)

    def _live(self, act: Callable[..., None], about: str) -> None:
        try:
            act(about)
        except Exception as error:
            self.told.gave_up.append(repr(error))

    def _apply(self, person: str) -> None:
        applicant = Applicant(self._layout.portal, person)
        self._until_done(applicant.sign_in)
        number = 0
        while not self._ending.is_set():
            number += 1
            if number % 3 == 0 and person == PEOPLE[0]:
                self._copy(applicant)
            else:
                account = str(10_000_000 + secrets.randbelow(9_000_000_000))
                answers = {"home": ADDRESS, "account": account, "own-use": {"yes"}}
                self._submitted(applicant, "refuse-bags", answers)

    def _copy(self, applicant: Applicant) -> None:
        """A certified copy, which is paid for."""
        answers = {"document": self._document.number, "undertaking": {"yes"}}
        application = self._submitted(applicant, "certified-copy", answers)
        self._until_done(lambda: self._pay(applicant, application))
        with self.told.lock:
            self.told.paid.add(application)

    def _pay(self, applicant: Applicant, application: str) -> None:
        page = applicant.wait_for(application, "a[href$='/pay'], a[href$='/document']")
        if page.has("a[href$='/document']"):
            return  # a try that seemed to fail was heeded
        hosted = applicant.begin_payment(application, "national")
        applicant.visitor.send(hosted.form("form"), button="outcome=CAPTURED")
        applicant.wait_for(application, "a[href$='/document']")

    def _submitted(self, applicant: Applicant, service: str, answers: dict[str, Any]) -> str:
        """Apply, as often as it takes: the same application, so that it is submitted once."""
        page: Page = self._until_done(lambda: applicant.start(service))
        application = page.address.partition("/applications/")[2][:36]
        reference = self._until_done(lambda: self._submit(applicant, application, answers))
        with self.told.lock:
            self.told.submitted[application] = reference
        return application

    def _submit(self, applicant: Applicant, application: str, answers: dict[str, Any]) -> str:
        page = applicant.visitor.open(f"{self._layout.portal}/applications/{application}/review")
        if page.address.endswith("/review"):
            page = applicant.visitor.open(
                page.address.removesuffix("review") + f"questions/{next(iter(answers))}"
            )
            applicant.answer_all(page, answers)
            return applicant.submit(application).reference
        return ""  # submitted by a try that seemed to fail; its reference is looked up afterwards

    def _until_done(self, act: Callable[[], Any]) -> Any:
        """Do it until it succeeds, and remember how long it was refused."""
        refused: float | None = None
        while True:
            began = time.monotonic()
            try:
                result = act()
            except (Lost, httpx.HTTPError):
                refused = refused or began
                with self.told.lock:
                    self.told.refusals += 1
                self.told.waited(refused)
                time.sleep(0.5)
                continue
            if refused is not None:
                self.told.waited(refused)
            return result

    def _verify(self, _: str) -> None:
        text, last = read_qr(self._document.pdf), time.monotonic()
        with httpx.Client(
            timeout=SECONDS_FOR_A_VERDICT, trust_env=False, verify=believed(named_by_environment=True)
        ) as client:
            while not self._ending.wait(1 / VERDICTS_A_SECOND):
                asked = time.monotonic()
                try:
                    answer = client.post(f"{self._layout.verifier}/verdict", json={"text": text})
                    good = answer.is_success and answer.json().get("word") == "valid"
                except (httpx.HTTPError, ValueError):
                    good = False
                if good:
                    self.told.verdicts += 1
                    last = time.monotonic()
                else:
                    self.told.waited_for_verdict(min(asked, last))


def original(layout: Layout) -> Document:
    """A certificate of residence, applied for, examined, granted, paid and received: what the copies are of."""
    layla, salem, mariam = (
        Applicant(layout.portal, PEOPLE[0]),
        Staff(layout.portal, "salem"),
        Staff(layout.portal, "mariam"),
    )
    for person in (layla, salem, mariam):
        person.sign_in()
    answers = {"home": ADDRESS, "tenure": "owner", "living-since": "2020-01-01", "purpose": "school"}
    page = layla.answer_all(layla.start("proof-of-residence"), answers)
    application = page.address.partition("/applications/")[2][:36]
    layla.attach_all(page)
    applied = layla.submit(application)
    salem.take(applied.reference)
    salem.check_all(applied.reference)
    mariam.decide(applied.reference, "granted")
    hosted = layla.begin_payment(application, "national")
    layla.visitor.send(hosted.form("form"), button="outcome=CAPTURED")
    layla.wait_for(application, "a[href$='/document']")
    return layla.receive(application)
