"""The town of the tests: Bahrain as published, keys of its own, and its people, who act through the real verbs."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from django.core.files.base import ContentFile
from django.utils import timezone

from rukhsa import applying, journey
from rukhsa.accounts.models import Company, Person, Representation
from rukhsa.applications import attachment, draft
from rukhsa.applications.known import documents_wanted
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor, actor_for
from rukhsa.catalogue.load import load
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.service_version import publish
from rukhsa.catalogue.territory import definition_files, territory_folder
from rukhsa.issuance import key_creation
from rukhsa.issuance.models import Instrument
from rukhsa.outside import believed
from rukhsa.payments.collection import Addresses, collect
from rukhsa.payments.models import Charge
from rukhsa.project.config import PROJECT
from rukhsa.review import assignment, check, decision, finding, inspection, referral
from rukhsa.review.decision import Decision
from rukhsa.review.errors import StepNotOpen
from rukhsa.review.finding import Finding
from rukhsa.review.inspection import Inspection
from rukhsa.review.proposal import confirm, propose
from rukhsa.review.referral import Referral
from rukhsa.review.sitting import Sitting, WrittenMinutes, conclude
from rukhsa.review.sitting import convene as convene_sitting
from rukhsa.review.sitting import vote as vote_at_sitting
from rukhsa_rehearsal.staffing import make_cast
from rukhsa_rehearsal.story import samples
from rukhsa_rehearsal.story.plots import plots
from rukhsa_rehearsal.walks.people import agree, represent_as_answered
from tests import ceremony
from tests.kept import kept
from tests.waiting import LONGEST

LEGAL_BASIS = "اللائحة التنفيذية لقانون البلديات"
MEMBERS = ("khalid", "fatima", "ahmed", "aisha")  # of every committee
NOWHERE = Addresses(notification="http://127.0.0.1:9/notify", browser="http://127.0.0.1:9/back")


@dataclass(kw_only=True)
class Town:
    """The town at a moment that goes on when it is told to."""

    at: datetime
    # How long each round of an examination takes: were it an hour, an evening's would end in tomorrow, beside pages
    # and servers that live today.
    pace: timedelta = timedelta(minutes=1)
    # What the examiner finds out, by question.
    records: dict[str, Any] = field(default_factory=lambda: {"near-airport": "no"})

    def later(self, **span: float) -> datetime:
        """Let time pass."""
        self.at += timedelta(**span)
        return self.at

    def actor(self, email: str) -> Actor:
        """One of the staff, as they may act now."""
        return actor_for(Person.objects.get(email=email), at=self.at)

    @property
    def layla(self) -> Actor:
        """The applicant."""
        return actor_for(layla(), at=self.at)

    @property
    def salem(self) -> Actor:
        """The officer."""
        return self.actor("salem@mun.example")

    @property
    def mariam(self) -> Actor:
        """The supervisor."""
        return self.actor("mariam@mun.example")

    @property
    def yusuf(self) -> Actor:
        """The inspector."""
        return self.actor("yusuf@mun.example")

    @property
    def noor(self) -> Actor:
        """The officer of EWA, who in this town answers for every agency."""
        return self.actor("noor@ewa.example")

    @property
    def company(self) -> Actor:
        """Layla, acting for the contracting company."""
        return actor_for(layla(), at=self.at, company=contractor())

    def advance(self, application: Application) -> Application:
        """Do what is due, and read the application again."""
        journey.advance(application.pk, at=self.at)
        return fresh(application)

    def draft(self, service: str, *, actor: Actor | None = None, **changes: Any) -> Application:
        """A draft with all that is asked for, answers changed as told (None leaves one out)."""
        actor = actor or self.layla
        application = draft.start(version_of(service), actor=actor, language="ar", at=self.at)
        application = draft.save(application, answers_to(service, **changes), actor=actor, at=self.at)
        represent_as_answered(application)
        for document in documents_wanted(application, application.answers):
            file = samples.upload(" ".join(document.accept))["file"]
            attachment.attach(
                application, document.id, ContentFile(file[1], name=file[0]), actor=actor, at=self.at
            )
        return application

    def apply(self, service: str, *, actor: Actor | None = None, **changes: Any) -> Application:
        """A submitted application."""
        application = self.draft(service, actor=actor, **changes)
        agree(application, actor or self.layla, at=self.at)
        applying.submit(application, actor=actor or self.layla, at=self.at)
        return self.advance(application)

    def examine(self, application: Application) -> Application:
        """Check, refer and visit, in whatever order the service asks, until only the decision is open."""
        while self._examine_once(application):
            self.at += self.pace
            self.advance(application)
        return fresh(application)

    def _examine_once(self, application: Application) -> bool:
        if fresh(application).stage != Stage.SUBMITTED:  # a rule has decided
            return False
        assignment.assign(application, self.salem, self.at)
        acted = False
        for step in check_steps(application):
            acted |= self._check(application, step)
        for asked in Referral.objects.filter(application=application, opinion=None):
            referral.answer(asked, "no-objection", "", self.records, actor=self.noor, at=self.at)
            acted = True
        for visit in Inspection.objects.filter(application=application, reports=None, after_issue=False):
            self.visit(visit)
            acted = True
        return acted

    def _check(self, application: Application, step: str) -> bool:
        if application.checks.filter(step=step, submission=application.steps.last()).exists():
            return False
        with suppress(StepNotOpen):
            check.check(application, step, self.records, actor=self.salem, at=self.at)
            return True
        return False

    def visit(self, visit: Inspection, *, passed: bool = True) -> None:
        """Yusuf visits, and finds all in order or nothing."""
        points = {point["id"]: passed for point in visit.checklist}
        text = "" if passed else "لم يُعد الطريق إلى حالته."
        inspection.report(visit, passed, points, text, [], self.records, actor=self.yusuf, at=self.at)

    def grant(self, application: Application) -> Application:
        """Examine and grant."""
        self.examine(application)
        return self.decide(application, "granted", "مستوفٍ للشروط.")

    def refuse(self, application: Application, reasons: str = "المسار ضمن مشروع قائم.") -> Application:
        """Refuse, with reasons."""
        return self.decide(application, "refused", reasons)

    def decide(self, application: Application, outcome: str, reasons: str) -> Application:
        """Decide, as the service says: one officer, two, or a committee."""
        match application.definition.decision.decide:
            case "two officers":
                said = (outcome, reasons, LEGAL_BASIS)
                proposal = propose(application, *said, actor=self.salem, at=self.at)
                confirm(proposal, actor=self.mariam, at=self.at)
            case "rule":
                pass  # it decided when its turn came
            case "committee":
                self.vote(application, dict.fromkeys(MEMBERS[:3], outcome), reasons)
            case _:
                said = (outcome, "" if outcome == "granted" else reasons, LEGAL_BASIS)
                decision.decide(application, *said, actor=self.mariam, at=self.at)
        return self.advance(application)

    def convene(self, application: Application, names: Iterable[str]) -> Sitting:
        """Salem records that the committee of the application met, with these members."""
        there = [Person.objects.get(email=f"{name}@mun.example") for name in names]
        committee = application.definition.decision.committee or ""
        assert application.authority
        today = timezone.localdate(self.at)
        return convene_sitting(application.authority, committee, today, there, actor=self.salem, at=self.at)

    def vote(self, application: Application, votes: Mapping[str, str], reasons: str = "") -> Decision:
        """A sitting at which each of `votes` votes so, and the decision of its majority with minutes."""
        sitting = self.convene(application, votes)
        for name, choice in votes.items():
            word = {"granted": "grant", "refused": "refuse"}.get(choice, choice)
            member = self.actor(f"{name}@mun.example")
            vote_at_sitting(sitting, application, word, "قرابة", actor=member, at=self.at)
        minutes = WrittenMinutes(text="نوقش الطلب، وصوّت الأعضاء الحاضرون.")
        return conclude(sitting, application, minutes, reasons, LEGAL_BASIS, actor=self.salem, at=self.at)

    def hand_back(self, application: Application, about: str, text: str) -> Application:
        """Return the application to the applicant with one finding."""
        finding.return_to_applicant(application, [(about, text)], actor=self.salem, at=self.at)
        return self.advance(application)

    def resubmit(self, application: Application) -> Application:
        """Submit what was returned again, with a reply to each finding that changed nothing."""
        replies = {each.pk: "كما هو" for each in Finding.objects.open().filter(application=application)}
        applying.submit(application, actor=self.layla, at=self.at, replies=replies)
        return self.advance(application)

    def withdraw(self, application: Application) -> Application:
        """Take it back."""
        applying.withdraw(application, actor=self.layla, at=self.at)
        return self.advance(application)

    def begin_payment(self, application: Application, gateway: str = "sadad") -> str:
        """The address of the gateway's page."""
        charge = charge_of(application)
        return collect(charge, gateway, actor=self.layla, addresses=NOWHERE, at=self.at)

    def pay_first(self, application: Application) -> Application:
        """Pay what is due at submission, and go on."""
        charge = Charge.objects.newest(application, Charge.Due.AT_SUBMISSION)
        assert charge is not None
        PAY["sadad"](collect(charge, "sadad", actor=self.layla, addresses=NOWHERE, at=self.at))
        self.later(minutes=1)
        return self.advance(application)

    def pay(self, application: Application, gateway: str = "sadad") -> Application:
        """Pay, and go on."""
        PAY[gateway](self.begin_payment(application, gateway))
        self.later(minutes=1)
        return self.advance(application)

    def issue(self, service: str, *, actor: Actor | None = None, **changes: Any) -> Instrument:
        """The instrument of a service, by the whole way."""
        application = self.grant(self.apply(service, actor=actor, **changes))
        charge = Charge.objects.newest(application, Charge.Due.AFTER_DECISION)
        if charge and not charge.is_settled:
            self.pay(application)
        return instrument_of(application)


def build() -> Town:
    """Territory, services, staff and keys, in whatever database and folders the settings name."""
    at = datetime.now(UTC)
    kept(("town", territory_folder()), lambda: _settle(at), files=ceremony.folders())
    ceremony.hold(at=at)  # once more where this test's settings want more on the list
    return Town(at=at)


def _settle(at: datetime) -> None:
    load(territory_folder())
    for file in definition_files(territory_folder()):
        publish(file, actor=None, at=at - timedelta(days=1))
    make_cast()
    ceremony.make_keys(at=at, ahead=key_creation.AHEAD)  # a test's calendar runs on
    ceremony.hold(at=at)


def settle_in(folder: Path, settings: Any) -> None:
    """Let keys and public files lie in a folder; `settings` are those of the test, which are put back."""
    settings.RUKHSA_TERRITORY = PROJECT / "territories/bahrain"
    settings.RUKHSA_KEYS, settings.RUKHSA_PUBLIC = folder / "keys", folder / "public"


def layla() -> Person:
    """Layla, who applies."""
    return Person.objects.filter(email="layla@people.example").first() or Person.objects.create_user(
        "layla@people.example",
        name_ar="ليلى أحمد الدوسري",
        name_en="Layla Ahmed Al-Dosari",
        kind="citizen",
        phone="+97336000001",
        personal_number="850123456",
    )


def contractor() -> Company:
    """The contracting company for which Layla may act."""
    company, new = Company.objects.get_or_create(
        registration="12345-1",
        defaults={"name_ar": "شركة الخليج للمقاولات", "name_en": "Gulf Contracting Company"},
    )
    if new:
        since = datetime(2020, 1, 1, tzinfo=UTC)
        Representation.objects.create(
            person=layla(), company=company, capacity="manager", starts_at=since, ends_at=None
        )
    return company


def version_of(service: str) -> ServiceVersion:
    """The published service."""
    return ServiceVersion.objects.current().get(service=service)


def answers_to(service: str, **changes: Any) -> dict[str, Any]:
    """What Layla answers; names are written with underscores, and None leaves an answer out."""
    told = (plot.answers for plot in plots(timezone.localdate(), turn=0) if plot.service == service)
    answers: Mapping[str, Any] = {
        **next(told, {}),
        **{name.replace("_", "-"): v for name, v in changes.items()},
    }
    return {name: answer for name, answer in answers.items() if answer is not None}


def check_steps(application: Application) -> list[str]:
    """The checks that the service asks for."""
    steps = (
        step
        for part in application.definition.review
        for step in (part if isinstance(part, tuple | list) else (part,))
    )
    return [step.check for step in steps if hasattr(step, "check")]


def charge_of(application: Application) -> Charge:
    """What is owed after the decision."""
    charge = Charge.objects.newest(application, Charge.Due.AFTER_DECISION)
    assert charge is not None
    return charge


def instrument_of(application: Application) -> Instrument:
    """What was issued."""
    return Instrument.objects.select_related("intent").get(intent__application=application)


def fresh(application: Application) -> Application:
    """The application as it is now."""
    return Application.objects.get(pk=application.pk)


def pay_at_kiosk(address: str) -> None:
    """The bill behind a page of SADAD is paid at a machine, without a sign-in."""
    httpx.post(
        address.replace("/sadad/pay/", "/sadad/kiosk/") + "/pay",
        trust_env=False,
        verify=believed(),
        timeout=LONGEST,
    ).raise_for_status()


def pay_on_page(address: str, outcome: str = "CAPTURED") -> None:
    """Paid on the page of the national or the card gateway, and its notification is lost on the way."""
    form = {"outcome": outcome, "fault": "lost"}
    httpx.post(address, data=form, trust_env=False, verify=believed(), timeout=LONGEST).raise_for_status()


PAY = {"sadad": pay_at_kiosk, "national": pay_on_page, "cards": pay_on_page}
