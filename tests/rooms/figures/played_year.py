"""A year of 10,000 applications, drawn by known draws: written as facts, and told again in plain Python."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from rukhsa.applications.models import Application, Step
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.issuance.models import Instrument, Intent
from rukhsa.payments.ledger import Account, Entry, Posting
from rukhsa.payments.models import Attempt, Charge, ChargeLine, Receipt
from rukhsa.review.decision import Decision
from rukhsa.review.finding import Finding
from tests.rooms.figures.small_world import salem
from tests.rooms.review import works

APPLICATIONS = 10_000
BEGINS = datetime(2025, 12, 1, tzinfo=works.BAHRAIN)
ENDS = datetime(2026, 12, 1, tzinfo=works.BAHRAIN)
AUTHORITIES = ("CAP", "MUH", "NOR", "SOU")
SERVICES = ("road-works", "road-works-at-night")
GATEWAYS = ("national", "cards", "sadad")
PROMISED = 5  # working days, of both services
FEE = 25_500


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One application: what happened when; None: it did not happen before the year ended."""

    number: int
    authority: str
    service: str
    gateway: str
    submitted: datetime
    returned: datetime | None
    answered: datetime | None
    outcome: str  # grant, refuse, withdraw, or nothing
    ended: datetime | None  # by the outcome
    began_paying: datetime | None
    paid: datetime | None
    issued: datetime | None


def draws() -> Iterator[Drawn]:
    """The applications of the year, the same ones each time."""
    random = Random(2026)
    for number in range(APPLICATIONS):
        moment = BEGINS + timedelta(minutes=random.randrange(365 * 24 * 60))
        parts = {
            "number": number,
            "authority": random.choice(AUTHORITIES),
            "service": random.choice(SERVICES),
            "gateway": random.choice(GATEWAYS),
            "submitted": moment,
        }
        times: dict[str, datetime | None] = {}
        is_returned = random.random() < 0.3
        outcome = random.choices(("grant", "refuse", "withdraw", ""), (80, 12, 4, 4))[0]
        for name, most, happens in (
            ("returned", 5 * 1440, is_returned),
            ("answered", 9 * 1440, is_returned),
            ("ended", 9 * 1440, outcome != ""),
            ("began_paying", 4 * 1440, outcome == "grant"),
            ("paid", 30, outcome == "grant"),
            ("issued", 5, outcome == "grant"),
        ):
            moment += timedelta(minutes=random.randrange(1, most))
            times[name] = moment if happens and moment < ENDS else None
            if happens and moment >= ENDS:
                moment = ENDS + timedelta(days=400)  # nothing after it happens either
        yield Drawn(outcome=outcome if times["ended"] else "", **parts, **times)  # type: ignore[arg-type]


def write(drawn: list[Drawn]) -> None:
    """The facts of all of them."""
    for ordinal, code in enumerate(AUTHORITIES, 1):
        Authority.objects.get_or_create(code=code, defaults={"ordinal": ordinal})
    plain = works.works()
    versions = {
        service: works.publish(plain.model_copy(update={"service": service, "code": code}))
        for service, code in zip(SERVICES, ("RW", "RN"), strict=True)
    }
    applications = _applications(drawn, versions)
    _reviewed(drawn, applications)
    paid = [(each, application) for each, application in zip(drawn, applications, strict=True) if each.ended]
    _paid([pair for pair in paid if pair[0].outcome == "grant"], versions)


def _applications(drawn: list[Drawn], versions: dict[str, ServiceVersion]) -> list[Application]:
    applicant = works.layla()
    stages = {"grant": "granted", "refuse": "refused", "withdraw": "withdrawn"}
    return Application.objects.bulk_create(
        [
            Application(
                reference=f"{each.authority}-{each.number}",
                service_version=versions[each.service],
                applicant=applicant,
                authority_id=each.authority,
                stage=stages.get(
                    each.outcome, "returned" if each.returned and not each.answered else "submitted"
                ),
                answers={"closes-lane": "no"},
                created_at=each.submitted,
                saved_at=each.submitted,
                submitted_at=each.submitted,
            )
            for each in drawn
        ],
        batch_size=2000,
    )


def _reviewed(drawn: list[Drawn], applications: list[Application]) -> None:
    steps, decisions = [], []
    for each, application in zip(drawn, applications, strict=True):
        acts = (
            ("submit", each.submitted, "draft", "submitted"),
            ("return", each.returned, "submitted", "returned"),
            ("resubmit", each.answered, "returned", "submitted"),
            (each.outcome, each.ended, "submitted", application.stage),
        )
        steps += [
            Step(application=application, act=act, stage_before=before, stage_after=after, at=at)
            for act, at, before, after in acts
            if at
        ]
        if each.outcome in ("grant", "refuse") and each.ended:
            decisions.append(
                Decision(
                    application=application,
                    outcome="granted" if each.outcome == "grant" else "refused",
                    reasons="لا يستوفي الشروط",
                    rule="drawn",
                    at=each.ended,
                )
            )
    Step.objects.bulk_create(steps, batch_size=5000)
    Decision.objects.bulk_create(decisions, batch_size=5000)
    _returned([step for step in steps if step.act == "return"])


def _returned(steps: list[Step]) -> None:
    officer = salem()
    Finding.objects.bulk_create(
        [
            Finding(
                application=step.application,
                about="drawing",
                text="غير واضح",
                officer=officer,
                at=step.at,
                returned_by=step,
            )
            for step in steps
        ],
        batch_size=5000,
    )


def _paid(granted: list[tuple[Drawn, Application]], versions: dict[str, ServiceVersion]) -> None:
    money = {"amount": FEE, "currency": "BHD"}
    charges = Charge.objects.bulk_create(
        [
            Charge(application=a, due="after-decision", assessed_at=each.ended, expires_at=ENDS, **money)
            for each, a in granted
        ],
        batch_size=5000,
    )
    lines = ChargeLine.objects.bulk_create(
        [ChargeLine(charge=charge, rule="fee", kind="fee", amount=FEE) for charge in charges], batch_size=5000
    )
    begun = [(each, a, line) for (each, a), line in zip(granted, lines, strict=True) if each.began_paying]
    attempts = Attempt.objects.bulk_create(
        [
            Attempt(
                charge=line.charge,
                gateway=each.gateway,
                reference=f"drawn-{each.number}",
                return_address="https://portal.example/",
                state="captured" if each.paid else "redirected",
                started_at=each.began_paying,
                ended_at=each.paid,
                **money,
            )
            for each, _a, line in begun
        ],
        batch_size=5000,
    )
    settled = [(*each, attempt) for each, attempt in zip(begun, attempts, strict=True) if each[0].paid]
    receipts = Receipt.objects.bulk_create(
        [
            Receipt(number=f"D-{each.number}", charge=line.charge, attempt=attempt, at=each.paid, **money)
            for each, _a, line, attempt in settled
        ],
        batch_size=5000,
    )
    _posted([(each, line, receipt) for (each, _a, line, _t), receipt in zip(settled, receipts, strict=True)])
    _issued([(each, a) for each, a, *_ in settled if each.issued], versions)


def _posted(posted: list[tuple[Drawn, ChargeLine, Receipt]]) -> None:
    postings = Posting.objects.bulk_create(
        [
            Posting(kind="captured", receipt=receipt, authority_id=each.authority, at=each.paid)
            for each, _line, receipt in posted
        ],
        batch_size=5000,
    )
    entries = []
    for (each, line, _receipt), posting in zip(posted, postings, strict=True):
        sides = ((Account.CLEARING, each.gateway, None, FEE), (Account.FEES, "", line, -FEE))
        entries += [
            Entry(posting=posting, account=account, gateway=gateway, line=of, amount=amount, currency="BHD")
            for account, gateway, of, amount in sides
        ]
    Entry.objects.bulk_create(entries, batch_size=5000)


def _issued(issued: list[tuple[Drawn, Application]], versions: dict[str, ServiceVersion]) -> None:
    intents = Intent.objects.bulk_create(
        [
            Intent(
                origin=f"application:{a.pk}",
                application=a,
                authority_id=each.authority,
                service_version=versions[each.service],
                number=f"{each.authority}-D-{each.number}",
                verification_code=f"drawn-{each.number}",
                status_list=7,
                status_index=each.number,
                profile=1,
                facts={},
                printed={},
                at=each.issued,
            )
            for each, a in issued
        ],
        batch_size=5000,
    )
    Instrument.objects.bulk_create(
        [Instrument(intent=intent, file_digest="0" * 64, released_at=intent.at) for intent in intents],
        batch_size=5000,
    )
