"""A member of staff at the desk: Salem, Mariam, Yusuf or Noor, each with the powers of a post."""

import time
from datetime import UTC, datetime

from rukhsa_rehearsal.cast import CAST
from rukhsa_rehearsal.known_secrets import code_of, wait_for_the_next_code
from rukhsa_rehearsal.story import samples
from rukhsa_rehearsal.story.applicant import PATIENCE
from rukhsa_rehearsal.story.visitor import Files, Form, Lost, Page, Visitor

LEGAL_BASIS = "اللائحة التنفيذية لقانون البلديات"
FOUND_BY_MAP = {"near-airport"}  # what an officer reads from the map of zones: it lies outside


class Staff:
    """A member of the staff in front of the desk, without JavaScript."""

    def __init__(self, portal: str, name: str) -> None:
        self.portal = portal
        self.member = next(each for each in CAST if each.email.startswith(f"{name}@"))
        self.visitor = Visitor(name)

    def sign_in(self) -> None:
        """By password and one-time code."""
        page = self.visitor.open(f"{self.portal}/desk/sign-in")
        form = page.form("main form").fill(login=self.member.email, password=self.member.password)
        page = self.visitor.send(form)
        page = self._prove(page)
        if "/sign-in" in page.address:
            raise Lost(f"{self.member.email} could not sign in: {page.text[:600]}")

    def _prove(self, page: Page) -> Page:
        """Send the one-time code; when it has just expired or been used, the next one."""
        page = self._send_code(page)
        if "/sign-in" in page.address:
            wait_for_the_next_code()
            page = self._send_code(page)
        return page

    def _send_code(self, page: Page) -> Page:
        code = code_of(self.member.email, at=datetime.now(UTC))
        return self.visitor.send(page.form("main form:has([name=code])").fill(code=code))

    def open(self, address: str) -> Page:
        """The page at an address of the desk; signs in again when the session has ended."""
        page = self.visitor.open(address)
        if "/desk/sign-in" not in page.address:
            return page
        self.sign_in()
        return self.visitor.open(address)

    def send(self, form: Form, button: str | None = None, files: Files | None = None) -> Page:
        """Send a form; give a second proof of identity if it is asked for, after which the form takes effect."""
        page = self.visitor.send(form, button=button, files=files)
        if "/desk/sign-in/again/" not in page.address:
            return page
        page = self._prove(page)
        if "/desk/sign-in/again/" in page.address:
            raise Lost(f"{self.member.email} could not prove who it is: {page.text[:600]}")
        return page

    def find(self, reference: str) -> Page:
        """The application of that reference, by the search of the desk, once a worker has put it into the queue."""
        until = time.monotonic() + PATIENCE
        while True:
            page = self.open(f"{self.portal}/desk/queue/")
            page = self.visitor.send(page.form("form[role=search]").fill(wanted=reference))
            if "/desk/applications/" in page.address:
                return page
            if page.has("main a[href*='/desk/applications/']"):
                return self.visitor.open(page.link("main a[href*='/desk/applications/']"))
            if time.monotonic() > until:
                raise Lost(f"{reference} was not found: {page.text[:600]}")
            time.sleep(0.2)

    def take(self, reference: str) -> None:
        """Take the application in hand."""
        page = self.find(reference)
        if page.has("form[action$='/take']"):
            self.visitor.send(page.form("form[action$='/take']"))

    def return_with(self, reference: str, about: str, text: str) -> None:
        """Return it to the applicant with one finding."""
        page = self.find(reference)
        self.visitor.send(page.form("form[action$='/return']").fill(about=about, text=text))

    def check_all(self, reference: str) -> None:
        """Pass every open check of the examination."""
        page = self.find(reference)
        while page.has("form[action*='/check/']"):
            form = page.form("form[action*='/check/']")
            page = self.visitor.send(form.fill_in(dict.fromkeys(FOUND_BY_MAP & form.names, "no")))

    def answer_referrals(self, reference: str) -> int:
        """Answer every referral of an application to her agencies; return their number."""
        answered = 0
        while True:
            page = self.visitor.open(f"{self.portal}/desk/referrals/")
            address = page.link_in(".card", reference)
            if address is None:
                return answered
            page = self.visitor.open(address)
            form = page.form("form.act-form").fill(answer="no-objection", text="لا مانع من جانبنا.")
            self.visitor.send(form)
            answered += 1

    def inspect_all(self, reference: str) -> int:
        """Report every ordered visit of an application with no faults; return the number of visits."""
        visited = 0
        while True:
            page = self.visitor.open(f"{self.portal}/desk/inspections/")
            address = page.link_in(".card", reference)
            if address is None:
                return visited
            page = self.visitor.open(address)
            form = page.form("form.visit")
            form.fill_in({name: "yes" for name in form.names if name.startswith("point-")})
            form.fill(passed="yes", text="عوين الموقع وكل شيء سليم.")
            photo = {"photos": ("site.jpg", samples.photograph(), "image/jpeg")}
            self.visitor.send(form, files=photo)
            visited += 1

    def decide(self, reference: str, outcome: str, reasons: str = "") -> None:
        """Grant or refuse, and confirm it."""
        page = self.find(reference)
        if outcome == "granted":
            page = self.visitor.send(page.form("form[action$='/decide']:not(.act-form)"))
            form = page.form("main form[action$='/decide']").fill(reasons=reasons, legal_basis=LEGAL_BASIS)
        else:
            refusal = page.form("form.act-form[action$='/decide']")
            page = self.visitor.send(refusal.fill(reasons=reasons, legal_basis=LEGAL_BASIS))
            form = page.form("main form[action$='/decide']")
        self.visitor.send(form, button="confirmed=yes")

    def change_instrument(self, number: str, act: str, reason: str) -> None:
        """Suspend, reinstate or revoke, and confirm it."""
        page = self.open(f"{self.portal}/desk/instruments/?number={number}")
        if not page.has(f"form[action$='/{act}']"):
            page = self.visitor.open(page.link("main a[href*='/desk/instruments/']"))
        page = self.send(page.form(f"form[action$='/{act}']").fill(reason=reason))
        self.send(page.form(f"main form[action$='/{act}']"), button="confirmed=yes")

    def approve_revocation(self, number: str) -> None:
        """Approve what another proposed."""
        page = self.open(f"{self.portal}/desk/instruments/?number={number}")
        page = self.visitor.open(page.link("main a[href*='/desk/instruments/']"))
        self.send(page.form("form[action*='/revocations/'][action$='/approve']"))
