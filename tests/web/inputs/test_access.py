"""Who may enter which page of the portal: every route, every kind of person, one's own application and another's."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.applications import blobs
from rukhsa.applications.models import Application, Upload
from rukhsa.applications.taken import Taken
from rukhsa.authorities.actor import actor_for
from rukhsa.batches.models import Batch
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.consents.consent import ask
from rukhsa.consents.models import Consent
from rukhsa.correspondence.conversation import write_as_applicant
from rukhsa.correspondence.enclosure import Enclosure
from rukhsa.issuance import papers
from rukhsa.issuance.models import Instrument
from rukhsa.payments.forfeiture import approve_forfeiture, propose_forfeiture
from rukhsa.payments.link import PaymentLink, share
from rukhsa.payments.models import Attempt, Charge, ChargeLine, DepositMovement, Receipt
from rukhsa.payments.outcome import settle_with
from rukhsa.values.money import Money
from rukhsa.verification.share import Share, share_document
from rukhsa.web import first_visit
from rukhsa.web.portal.urls import urlpatterns
from rukhsa_rehearsal.story import samples
from tests import town as people
from tests.taken_back import taken_back
from tests.town import Town
from tests.web.alike import without_what_differs
from tests.web.inputs.conftest import Browser, Built
from tests.web.inputs.nasty import fine
from tests.web.inputs.violated import violation_of

pytestmark = pytest.mark.django_db

OPEN, SIGN_IN, FORBIDDEN, ABSENT = "open", "sign-in", HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND
EVERYBODY = ("nobody", "owner", "other", "representative", "officer", "agency", "inspector")
STAFF = {"officer": FORBIDDEN, "agency": FORBIDDEN, "inspector": FORBIDDEN}
OF_ALL = dict.fromkeys(EVERYBODY, OPEN)
OF_APPLICANTS = {"nobody": SIGN_IN, "owner": OPEN, "other": OPEN, "representative": OPEN, **STAFF}
AFTER_SIGN_IN = {**dict.fromkeys(EVERYBODY, SIGN_IN), **STAFF}
OF_THE_OWNER = {"nobody": SIGN_IN, "owner": OPEN, "other": ABSENT, "representative": ABSENT, **STAFF}
MATRIX: dict[str, dict[str, object]] = {
    "first": OF_ALL,
    "service": OF_ALL,
    "start": OF_APPLICANTS,
    "mine": OF_APPLICANTS,
    "own-details": OF_APPLICANTS,
    "looks": OF_APPLICANTS,
    "notices": OF_APPLICANTS,
    "own-data": OF_APPLICANTS,
    "own-sessions": OF_APPLICANTS,
    **dict.fromkeys(("end-own-session", "end-other-own-sessions"), AFTER_SIGN_IN),
    # Applicants are sent to eKey once more (tests/web/portal/test_own_data.py).
    "make-own-data": AFTER_SIGN_IN,
    "own-data-file": AFTER_SIGN_IN,
    "push-off": OF_APPLICANTS,
    "push-on": OF_APPLICANTS,
    "push-worker": OF_APPLICANTS,
    "manifest": OF_ALL,
    "icon": OF_ALL,
    "violations": OF_APPLICANTS,
    "violation-notice": {**OF_THE_OWNER},
    "violation-photo": {**OF_THE_OWNER},
    "help": OF_ALL,
    "privacy": OF_ALL,
    "service-state": OF_ALL,
    "accessibility": OF_ALL,
    "report-page": OF_ALL,
    "status": OF_ALL,
    "enclosure": {**OF_THE_OWNER},
    "end-share": {**OF_THE_OWNER},
    "signing": OF_APPLICANTS,
    "deed": OF_APPLICANTS,
    "sign": {**OF_THE_OWNER, "owner": ABSENT},  # who is named may: tests/web/portal/test_signatories.py
    "batch-begin": OF_APPLICANTS,
    "batch-template": OF_APPLICANTS,
    "batch": OF_THE_OWNER,
    "pay-together": OF_APPLICANTS,
    "paid-together": OF_THE_OWNER,
    "consents": OF_APPLICANTS,
    "consent-answer": OF_THE_OWNER,
    "consent-withdraw": OF_THE_OWNER,
    "instruments": OF_APPLICANTS,
    "money": OF_APPLICANTS,
    "paper": {**OF_THE_OWNER},
    "paper-file": {**OF_THE_OWNER},
    "deposit-photo": {**OF_THE_OWNER},
    # Anyone with the link may pay; without it there is nothing to find.
    "pay-by-link": OF_ALL,
    "paid-by-link": OF_ALL,
    **dict.fromkeys(
        (
            *("application", "printout", "section", "documents", "add-file"),
            *("add-earlier-file", "file", "remove-file", "restore-file", "keep-file"),
            *("view-file", "begin-upload", "upload", "review", "pay"),
            *("share", "deposit-account", "checking", "document", "download"),
            *("withdraw", "renew", "begin-anew", "rate", "shares"),
            *("apply-again", "contest", "visits", "messages", "signatories"),
        ),
        OF_THE_OWNER,
    ),
    # No visit is chosen: who may open one that is, tests/web/desk/test_appointments.py shows.
    "visit-calendar": {**OF_THE_OWNER, "owner": ABSENT},
}
ONLY_POSTED = {
    "start",
    "add-file",
    "add-earlier-file",
    "consent-answer",
    "consent-withdraw",
    "remove-file",
    "restore-file",
    "keep-file",
    "begin-upload",
    "renew",
    "begin-anew",
    "notices",
    "make-own-data",
    "end-own-session",
    "end-other-own-sessions",
    "own-data-file",
    "push-off",
    "push-on",
    "rate",
    "end-share",
    "apply-again",
    "contest",
}
FIXED: dict[str, object] = {"icon": "192", "end-own-session": 1}
WITHOUT_ARGUMENTS = {
    *("first", "mine", "own-details", "consents", "instruments", "money", "looks", "notices", "own-data"),
    *("make-own-data", "own-data-file", "own-sessions", "end-other-own-sessions"),
    *(
        "help",
        "privacy",
        "service-state",
        "accessibility",
        "report-page",
        "status",
        "pay-together",
        "signing",
        "deed",
    ),
    *("violations", "push-off", "push-on", "push-worker", "manifest"),
}


def test_every_route_of_the_portal_is_in_the_matrix() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(MATRIX)


@dataclass(frozen=True, kw_only=True)
class World:
    """Layla's applications at three stages."""

    draft: Application
    applied: Application
    issued: Application

    def application_for(self, route: str) -> Application:
        """An application at the stage that the page of the route is about."""
        if route in ("document", "download", "renew", "paper", "paper-file", "shares", "end-share"):
            return self.issued
        if route in ("violation-notice", "violation-photo"):
            return self.issued
        if route in ("pay-by-link", "paid-by-link", "deposit-photo", "enclosure", "messages", "rate"):
            return self.applied
        return self.draft


@pytest.fixture(scope="module")
def world(built: Built, drafted: Application, submitted: Application) -> World:
    """Made before the first test; each test finds it unchanged."""
    return World(draft=drafted, applied=submitted, issued=issued(built.at_first()))


@pytest.mark.parametrize("route", MATRIX)
def test_a_route_is_open_to_those_it_is_for_and_to_no_other(
    route: str, world: World, browser: Browser
) -> None:
    application = people.fresh(world.application_for(route))
    address = reverse(f"portal:{route}", args=arguments(route, application))
    found = {}
    for who in EVERYBODY:
        with taken_back():
            client = browser(person(who), company="12345-1" if who == "representative" else "")
            response = client.post(address) if route in ONLY_POSTED else client.get(address)
            fine(response)
            found[who] = outcome(response)
    assert found == MATRIX[route]


@pytest.mark.parametrize("route", [route for route in MATRIX if MATRIX[route] is OF_THE_OWNER])
def test_what_is_anothers_and_what_is_nobodys_look_alike(
    route: str, draft: Application, browser: Browser
) -> None:
    client = browser(person("other"), language="en")
    client.cookies[first_visit.COOKIE] = first_visit.version()  # a first visit carries its styles
    told = []
    for given in (arguments(route, draft), [uuid.uuid4(), *arguments(route, draft)[1:]]):
        address = reverse(f"portal:{route}", args=given)
        response = client.post(address) if route in ONLY_POSTED else client.get(address)
        page = fine(response, HTTPStatus.NOT_FOUND)
        told.append(page.replace(str(given[0]), ""))
    assert without_what_differs(told[0]) == without_what_differs(told[1])


def test_a_company_sees_its_own_and_its_people_alone_do_not(town: Town, browser: Browser) -> None:
    application = town.draft("excavation-permit", actor=town.company)
    address = reverse("portal:application", args=[application.pk])
    assert browser(people.layla(), company="12345-1").get(address).status_code == HTTPStatus.OK
    assert browser(people.layla()).get(address).status_code == HTTPStatus.NOT_FOUND


def test_a_mandate_that_ended_closes_the_company_at_once(town: Town, browser: Browser) -> None:
    application = town.draft("excavation-permit", actor=town.company)
    client = browser(people.layla(), company="12345-1")
    address = reverse("portal:application", args=[application.pk])
    assert client.get(address).status_code == HTTPStatus.OK
    people.layla().representations.update(ends_at=town.at)
    assert client.get(address).status_code == HTTPStatus.FORBIDDEN
    assert client.get(address).status_code == HTTPStatus.NOT_FOUND


def issued(town: Town) -> Application:
    """An application with a released document."""
    intent = town.issue("proof-of-residence", tenure="owner", lease_number=None).intent
    assert intent.application
    return intent.application


def arguments(route: str, application: Application) -> list[object]:
    """The arguments of a route's address."""
    if route in WITHOUT_ARGUMENTS or route in FIXED:
        return [FIXED[route]] if route in FIXED else []
    if route == "enclosure":
        return [enclosure_of(application).pk]
    if route == "end-share":
        return [application.pk, shared_by(application).pk]
    if route in ("paper", "paper-file"):
        return ["receipt", paper_of(application).pk]
    if route in ("violation-notice", "violation-photo"):
        violation = violation_of(application)
        return [violation.pk, violation.evidence.get().digest][: 1 if route == "violation-notice" else 2]
    if route == "deposit-photo":
        movement = kept_with_a_picture(application)
        return [movement.pk, movement.photos[0]]
    if route == "batch":
        return [batch_of(application.applicant).pk]
    if route == "paid-together":
        return [joint_payment_of(application).pk]
    if route in ("service", "start", "batch-begin", "batch-template"):
        return ["proof-of-residence"]
    if route in ("pay-by-link", "paid-by-link"):
        return [link_to(application).pk]
    if route in ("consent-answer", "consent-withdraw"):
        return [asked_of(application.applicant).pk]
    if route == "upload":
        return [upload_to(application).pk]
    if route in ("file", "keep-file", "remove-file", "restore-file", "view-file"):
        return [application.attachments.order_by("added_at")[0].pk]
    more = {
        "section": ["home"],
        "add-file": ["lease"],
        "begin-upload": ["lease"],
        "add-earlier-file": ["lease"],
        "rate": ["submitted"],
        "contest": ["grievances"],
        "visit-calendar": [1],
    }
    return [application.pk, *more.get(route, [])]


def enclosure_of(application: Application) -> Enclosure:
    """A file sent with a message to the authority."""
    digest = blobs.keep(samples.upload("image")["file"][1])
    kept = Taken(
        name="card.png", digest=digest, media_type="image/png", size=3,
        shown_digest=digest, shown_media_type="image/png",
    )  # fmt: skip
    actor, now = actor_for(people.layla(), at=timezone.now()), timezone.now()
    return write_as_applicant(application, "هذه البطاقة", [kept], actor=actor, at=now).enclosures.get()


def shared_by(application: Application) -> Share:
    """A link to the document of an application."""
    instrument = Instrument.objects.get(intent__application=application)
    actor, now = actor_for(people.layla(), at=timezone.now()), timezone.now()
    return share_document(instrument, application, agency=None, once=True, actor=actor, at=now)


def upload_to(application: Application) -> Upload:
    """A file on its way to an application."""
    return Upload.objects.create(
        application=application,
        document="lease",
        name="card.png",
        size=3,
        begun_by=application.applicant,
        begun_at=timezone.now(),
    )


def asked_of(owner: Person) -> Consent:
    """A request for a consent that waits for an owner; who asks is none of the matrix."""
    agent, _ = Person.objects.get_or_create(email="agent@people.example", defaults={"kind": "resident"})
    now = timezone.now()
    return ask(
        owner.personal_number or "", [], until=timezone.localdate(), actor=actor_for(agent, at=now), at=now
    )


def batch_of(person: Person) -> Batch:
    """A spreadsheet that a person sent."""
    version = ServiceVersion.objects.offered().get(service="proof-of-residence")
    return Batch.objects.create(
        service_version=version, person=person, language="ar", name="rows.csv", created_at=timezone.now()
    )


def joint_payment_of(application: Application) -> Attempt:
    """A payment that covers the charge of an application and others."""
    before = Attempt.objects.filter(charge__application=application, together=9_000).first()
    if before:
        return before
    charge = link_to(application).charge
    return Attempt.objects.create(
        charge=charge, gateway="national", reference=charge.pk.hex, amount=charge.amount, together=9_000,
        currency=charge.currency, state=Attempt.State.FAILED, started_at=timezone.now(),
    )  # fmt: skip


def link_to(application: Application) -> PaymentLink:
    """A payment link to a charge."""
    now = timezone.now()
    charge = Charge.objects.create(
        application=application, due=Charge.Due.AFTER_DECISION, amount=2_000, currency="BHD",
        assessed_at=now, expires_at=now + timedelta(days=1),
    )  # fmt: skip
    return share(charge, actor=actor_for(people.layla(), at=now), at=now)


def paper_of(application: Application) -> Receipt:
    """The receipt of an application, with its signed document."""
    receipt = Receipt.objects.get(charge__application=application)
    papers.issue_receipt(receipt, at=timezone.now() + timedelta(days=2))
    return receipt


def kept_with_a_picture(application: Application) -> DepositMovement:
    """A deposit with a forfeited part."""
    now = timezone.now()
    charge = Charge.objects.create(
        application=application, due=Charge.Due.AFTER_DECISION, amount=2_000, currency="BHD",
        assessed_at=now, expires_at=now + timedelta(days=1),
    )  # fmt: skip
    line = ChargeLine.objects.create(charge=charge, rule="works", kind="deposit", amount=2_000)
    attempt = Attempt.objects.create(
        charge=charge, gateway="sadad", reference="T1", amount=2_000, currency="BHD",
        state=Attempt.State.CAPTURED, started_at=now, ended_at=now,
    )  # fmt: skip
    settle_with(attempt, at=now)
    mariam = actor_for(Person.objects.get(email="mariam@mun.example"), at=now)
    digest = blobs.keep(samples.upload("image")["file"][1])
    money = Money(minor=500, currency="BHD")
    salem = actor_for(Person.objects.get(email="salem@mun.example"), at=now)
    asked = propose_forfeiture(line, money, reason="كسر", photos=[digest], actor=salem, at=now)
    return approve_forfeiture(asked, actor=mariam, at=now)


def person(who: str) -> Person | None:
    """A person of the matrix; the representative is Layla, acting for a company."""
    staff = {"officer": "salem@mun.example", "agency": "noor@ewa.example", "inspector": "yusuf@mun.example"}
    if who == "nobody":
        return None
    if who in staff:
        return Person.objects.get(email=staff[who])
    if who == "other":
        return Person.objects.get_or_create(email="other@people.example", defaults={"kind": "resident"})[0]
    people.contractor()
    return people.layla()


def outcome(response: object) -> object:
    """Entered if the page or its form was reached, whatever it then said."""
    status = response.status_code  # type: ignore[attr-defined]
    if status == HTTPStatus.FOUND and "/sign-in" in response.url:  # type: ignore[attr-defined]
        return SIGN_IN
    return status if status in (FORBIDDEN, ABSENT) else OPEN
