"""A world so small that every figure of it is worked out by hand: four applications of November 2026."""

from datetime import date, datetime

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application, Step
from rukhsa.applications.stages import Act, Stage, after
from rukhsa.audit.models import JournalEntry
from rukhsa.catalogue.reason import Reason
from rukhsa.feedback.models import Feedback
from rukhsa.issuance.models import Instrument, Intent
from rukhsa.mandates.mandate import Mandate
from rukhsa.payments.ledger import Account, Posting, credit, debit, post
from rukhsa.payments.models import Attempt, Charge, ChargeLine, DepositMovement, Receipt, Waiver
from rukhsa.review.decision import Decision
from rukhsa.review.finding import Finding
from rukhsa.review.models import Draw, DrawnGrant, SecondLook
from rukhsa.review.referral import Opinion, Referral
from rukhsa.values.money import Money
from rukhsa.verification.check_count import CheckCount
from tests.rooms.review import works

# Sunday 1 November 2026 is a working day: the week is Sunday to Thursday. The service promises 5 working days:
# 1 for the check, 3 for the agency, 1 for the decision.
SERVICE = "road-works"


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of that November by the clocks of Bahrain."""
    return datetime(2026, 11, day, hour, minute, tzinfo=works.BAHRAIN)


def build() -> dict[str, Application]:
    """The four applications, by the letters that the reckonings in the tests use."""
    works.authority("MUH", 2)
    version = works.publish(works.works())
    closes = {"closes-lane": "no"}
    a = works.submitted(version, reference="CAP-A", at=moment(1, 9), **closes)
    b = works.submitted(version, reference="CAP-B", at=moment(1, 9), **closes)
    c = works.submitted(version, reference="MUH-C", at=moment(2, 23, 30), of=works.authority("MUH"), **closes)
    d = works.submitted(version, reference="CAP-D", at=moment(4, 9), **closes)
    granted_and_paid(a)
    refused_late(b)
    act(d, Act.WITHDRAW, moment(5, 9))
    waived(d)
    worked(a, b)
    said()
    return {"A": a, "B": b, "C": c, "D": d}


def salem() -> Person:
    """The officer of the Capital."""
    return works.staff("salem@town.example", "سالم", "Salem", Role.OFFICER, at=works.authority())


def mariam() -> Person:
    """The supervisor, who decides."""
    return works.staff("mariam@town.example", "مريم", "Mariam", Role.SUPERVISOR, at=works.authority())


def act(application: Application, act: Act, at: datetime) -> Step:
    """One step, with its entry in the journal."""
    before = Stage(application.stage)
    application.stage = after(before, act)
    application.save()
    journal(application, act, None, at)
    return Step.objects.create(
        application=application, act=act, stage_before=before, stage_after=application.stage, at=at
    )


def journal(application: Application, act: str, actor: Person | None, at: datetime) -> None:
    """An entry of the journal about an application."""
    JournalEntry.objects.create(
        at=at,
        actor=actor.pk if actor else None,
        act=act,
        subject_kind="applications.application",
        subject=str(application.pk),
    )


def granted_and_paid(a: Application) -> None:
    """A: asked EWA from the 1st 10:00 to the 3rd 10:00, granted on the 3rd, paid and issued on the 4th."""
    asked = Referral.objects.create(
        application=a, step="ewa", agency=works.agency(), asked_at=moment(1, 10), due_at=moment(5, 0)
    )
    Opinion.objects.create(referral=asked, answer="no-objection", officer=salem(), at=moment(3, 10))
    act(a, Act.GRANT, moment(3, 15))
    looked_at_again(decided(a, "granted", moment(3, 15)))
    charge = charged(a, moment(3, 15))
    attempt = Attempt.objects.create(
        charge=charge,
        gateway="national",
        reference="r-a",
        return_address="https://portal.example/",
        amount=125_500,
        currency="BHD",
        state="captured",
        started_at=moment(4, 14),
        ended_at=moment(4, 14, 5),
    )
    receipt = Receipt.objects.create(
        number="2026-1", charge=charge, attempt=attempt, amount=125_500, currency="BHD", at=moment(4, 14, 5)
    )
    booked(charge, receipt)
    intent = Intent.objects.create(
        origin=f"application:{a.pk}",
        application=a,
        authority=a.authority,
        service_version=a.service_version,
        number="CAP-RW-2026-1",
        verification_code="code-a",
        status_list=1,
        status_index=1,
        profile=1,
        facts={},
        printed={},
        at=moment(4, 15),
    )
    Instrument.objects.create(intent=intent, file_digest="0" * 64, released_at=moment(4, 15))


def looked_at_again(decision: Decision) -> None:
    """Drawn in the night of the 4th, and found right by Salem on the 5th."""
    draw = Draw.objects.create(day=date(2026, 11, 3), seed="0" * 64, share=20, at=moment(4, 3, 40))
    authority = works.authority()
    drawn = DrawnGrant.objects.create(decision=decision, authority=authority, draw=draw)
    SecondLook.objects.create(grant=drawn, agrees=True, officer=salem(), at=moment(5, 9))


def decided(application: Application, outcome: str, at: datetime) -> Decision:
    """Mariam's decision, by her mandate."""
    return Decision.objects.create(
        application=application,
        outcome=outcome,
        reasons="خارج النطاق",
        officer=mariam(),
        mandate=Mandate.objects.filter(post__person=mariam()).first(),
        at=at,
    )


def charged(application: Application, at: datetime) -> Charge:
    """A fee of 25.500 and a deposit of 100.000."""
    charge = Charge.objects.create(
        application=application,
        due="after-decision",
        amount=125_500,
        currency="BHD",
        assessed_at=at,
        expires_at=moment(30, 0),
    )
    ChargeLine.objects.create(charge=charge, rule="fee", kind="fee", amount=25_500)
    ChargeLine.objects.create(charge=charge, rule="deposit", kind="deposit", amount=100_000)
    return charge


def booked(charge: Charge, receipt: Receipt) -> None:
    """What the ledger says of the payment on the 4th, and of the deposit released on the 20th."""
    fee, deposit = (charge.lines.get(kind=kind) for kind in ("fee", "deposit"))
    entries = [
        debit(Account.CLEARING, Money(minor=125_500, currency="BHD"), gateway="national"),
        credit(Account.FEES, fee.money, line=fee),
        credit(Account.DEPOSITS, deposit.money, line=deposit),
    ]
    post(Posting.Kind.CAPTURED, "CAP", entries, at=receipt.at, receipt=receipt)
    movement = DepositMovement.objects.create(line=deposit, kind="released", iban="BH67", at=moment(20, 11))
    freed = [
        debit(Account.DEPOSITS, deposit.money, line=deposit),
        credit(Account.RELEASES, deposit.money, line=deposit),
    ]
    post(Posting.Kind.RELEASED, "CAP", freed, at=movement.at, movement=movement)


def refused_late(b: Application) -> None:
    """B: returned with two findings on the 2nd, back on the 5th, refused on Sunday the 15th."""
    returned = act(b, Act.RETURN, moment(2, 12))
    unclear = Reason.objects.create(
        code="drawing-unclear", number=1, uses=["return"], text_ar="المخطط غير واضح", at=moment(1, 0)
    )
    for about, reason in (("drawing", unclear), ("days", None)):
        Finding.objects.create(
            application=b,
            about=about,
            reason=reason,
            text="غير واضح",
            officer=salem(),
            at=returned.at,
            returned_by=returned,
        )
    act(b, Act.RESUBMIT, moment(5, 12))
    act(b, Act.REFUSE, moment(15, 10))
    said = decided(b, "refused", moment(15, 10))
    said.coded.add(
        Reason.objects.create(
            code="outside-the-zone", number=1, uses=["refusal"], text_ar="خارج النطاق", at=moment(1, 0)
        )
    )


def waived(d: Application) -> None:
    """D: 5.000 of a charge waived, which was agreed on by two."""
    charge = charged(d, moment(4, 10))
    Waiver.objects.create(
        charge=charge,
        rule="fee",
        authority=d.authority,
        reason="خيري",
        amount=5_000,
        currency="BHD",
        state="approved",
        proposed_by=salem(),
        proposed_at=moment(4, 11),
        decided_by=mariam(),
        decided_at=moment(4, 12),
        mandate=Mandate.objects.filter(post__person=mariam()).first(),
    )


def worked(a: Application, b: Application) -> None:
    """Salem on the morning of the 1st: 10 minutes on A, 10 more, then B and a pause, then A again; Layla's look is
    no work of an officer."""
    at = (
        (a, moment(1, 9, 30)),
        (a, moment(1, 9, 40)),
        (b, moment(1, 9, 50)),
        (a, moment(1, 10, 20)),
    )
    for application, when in at:
        journal(application, "see-application", salem(), when)
    journal(a, "see-application", works.layla(), moment(1, 9, 55))


def said() -> None:
    """Two ratings about the Capital, one about no authority; five documents checked, one of them forged."""
    for rating, authority in ((5, works.authority()), (4, works.authority()), (2, None)):
        Feedback.objects.create(
            after="submitted",
            service=SERVICE,
            authority=authority,
            rating=rating,
            language="ar",
            at=moment(4, 18),
        )
    for word, authority, count in (("valid", "CAP", 4), ("altered", "", 1)):
        CheckCount.objects.create(
            day=date(2026, 11, 4), authority=authority, what="file", word=word, count=count
        )
