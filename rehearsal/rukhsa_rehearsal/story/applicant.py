"""Layla: signs in with her eKey, applies, attaches, submits, pays, answers faults, downloads."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rukhsa_rehearsal.story import samples
from rukhsa_rehearsal.story.plots import Plot
from rukhsa_rehearsal.story.visitor import Form, Lost, Page, Visitor

PATIENCE = 180  # seconds for the worker to do what is due, on a slow machine too
REPLY = "الملف صحيح كما هو."


class Applicant:
    """An applicant in front of the portal, without JavaScript."""

    def __init__(self, portal: str, person: str) -> None:
        self.portal = portal
        self.person = person
        self.visitor = Visitor(person)

    def sign_in(self) -> None:
        """Sign in by eKey, to which the portal redirects, and return to the portal."""
        page = self.visitor.open(f"{self.portal}/sign-in")
        if not page.has("button[name=person]"):
            page = self.visitor.send(page.form("form[action*='begin']"))
        page = self.visitor.send(page.form("form"), button=f"person={self.person}")
        if not page.address.startswith(self.portal):
            raise Lost(f"{self.person} was not brought back from eKey but to {page.address}")

    def sign_out(self) -> None:
        """Close the browser."""
        self.visitor.leave()

    def start(self, service: str) -> Page:
        """Begin an application; return the first page of questions."""
        page = self.visitor.open(f"{self.portal}/services/{service}")
        another = "another=1" if page.has("[name=another]") else None  # where a draft of it is open
        return self.visitor.send(page.form("form[action$='/start']"), button=another)

    def answer_first(self, page: Page, answers: Mapping[str, Any]) -> Page:
        """Answer the first page only, and save for later."""
        form = page.form("#section-form")
        _fill(form, answers)
        return self.visitor.send(form, button="later=1")

    def answer_all(self, page: Page, answers: Mapping[str, Any]) -> Page:
        """Answer page after page, until no questions are left."""
        seen = 0
        while page.has("#section-form"):
            seen += 1
            if seen > 40:
                raise Lost(f"the questions do not end: {page.address}: {page.text[:600]}")
            form = page.form("#section-form")
            _fill(form, answers)
            page = self.visitor.send(form, button="on=1")
        return page

    def attach_all(self, page: Page) -> Page:
        """Attach a file to each empty slot."""
        while page.has(".slot:not(:has(.files)) form.upload"):
            form = page.form(".slot:not(:has(.files)) form.upload")
            page = self.visitor.send(form, files=samples.upload(form.accept))
        return page

    def apply(self, plot: Plot, answers: Mapping[str, Any]) -> "Applied":
        """Everything from the service's page to the reference number."""
        page = self.start(plot.service)
        application = _application(page)
        if plot.pauses:
            self.answer_first(page, answers)
            self.sign_out()
            self.sign_in()
            page = self.visitor.open(page.address)
        page = self.answer_all(page, answers)
        if page.address.endswith("/documents"):
            page = self.attach_all(page)
        return self.submit(application)

    def submit(self, application: str) -> "Applied":
        """Check and submit, with a reply to each finding that changed nothing; return the reference number."""
        page = self.visitor.open(f"{self.portal}/applications/{application}/review")
        if page.has(".ds-error-summary"):
            raise Lost(f"not complete: {page.text[:800]}")
        replies = page.document.cssselect("main form [name^='reply.']")
        form = page.form("main form").fill(**{str(each.get("name")): REPLY for each in replies})
        page = self.visitor.send(form)
        found = page.document.cssselect(".caption, .reference")
        reference = next((text for text in (each.text_content().strip() for each in found) if text), "")
        return Applied(application=application, reference=re.sub(r"[^A-Z0-9-]", "", reference))

    def wait_for(self, application: str, selector: str) -> Page:
        """Reload the application's page until something appears on it."""
        until = time.monotonic() + PATIENCE
        while True:
            page = self.visitor.open(f"{self.portal}/applications/{application}/")
            if page.has(selector):
                return page
            if time.monotonic() > until:
                raise Lost(f"{selector} did not appear within {PATIENCE} s: {page.text[:800]}")
            time.sleep(0.1)

    def begin_payment(self, application: str, gateway: str) -> Page:
        """Choose how to pay; return the gateway's page."""
        self.wait_for(application, "a[href$='/pay']")
        page = self.visitor.open(f"{self.portal}/applications/{application}/pay")
        return self.visitor.send(page.form("main form").fill(gateway=gateway))

    def receive(self, application: str) -> "Document":
        """The released document, with its number and code from the page and the file by its link."""
        page = self.visitor.open(f"{self.portal}/applications/{application}/document")
        number, code = (page.read(selector) for selector in (".lead", "dl.facts div:last-child dd"))
        pdf = self.visitor.download(f"{self.portal}/applications/{application}/document/file")
        return Document(application=application, number=number, code=code, pdf=pdf)


@dataclass(frozen=True, kw_only=True)
class Applied:
    """An application that was submitted."""

    application: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class Document:
    """A released document, as its holder has it."""

    application: str
    number: str
    code: str
    pdf: bytes
    reference: str = ""


def _fill(form: Form, answers: Mapping[str, Any]) -> None:
    for question, answer in answers.items():
        parts = (
            {f"{question}.{part}": text for part, text in answer.items()}
            if isinstance(answer, Mapping)
            else {}
        )
        for name, text in (parts or {question: answer}).items():
            if name in form.names:
                form.fill_in({name: text})


def _application(page: Page) -> str:
    found = re.search(r"/applications/([0-9a-f-]{36})/", page.address)
    if not found:
        raise Lost(f"no application on {page.address}: {page.text[:600]}")
    return found[1]
