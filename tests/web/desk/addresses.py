"""The address of each route of the desk, with an object of a house in which everything has happened once."""

from collections.abc import Callable

from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.issuance.models import Instrument, Stall
from rukhsa.payments.forfeiture import propose_forfeiture
from rukhsa.payments.payout import propose_payout
from rukhsa.payments.waiver import propose_waiver
from rukhsa.review import inspection
from rukhsa.review.inspection import InspectionReport
from rukhsa.review.models import Decision, Draw, DrawnGrant
from rukhsa.values.money import Money
from tests.mandated import waiting_for_a_signature
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.banked import bank_answer_of, bank_file_of
from tests.web.desk.before_others import (
    agenda_and_minutes,
    before_others,
    case_file_of,
    closed_day_of,
    correction_of,
    more_of_opinion,
    revocation_of,
)
from tests.web.desk.conftest import (
    IBAN,
    deed_sent,
    differing,
    made_up_parcel,
    owed_charge,
    paid_deposit,
    person,
    proposed_text,
    released,
    written,
)
from tests.web.desk.fined import violation_of
from tests.web.desk.in_the_field import in_the_field

Address = Callable[[str], str]


def addresses(visited: Application, instrument: Instrument) -> Address:
    """The address of each route, with the object that it needs."""
    visit = visited.inspections.get()
    yusuf = works.act_as(person("yusuf", works.authority()))
    file = visited.attachments.get()
    points = {"marked": False, "clear": True}
    inspection.report(visit, False, points, "Mark it.", [file.digest], actor=yusuf, at=SUNDAY)
    report = InspectionReport.objects.get()
    field = {route: list(found) for route, found in in_the_field(visit, yusuf, file.digest).items()}
    owed, asked = (released(visited, number) for number in (1, 2))
    finance = works.act_as(person("finance", works.authority()))
    payout = propose_payout(asked, "bank-transfer", iban=IBAN, actor=finance, at=SUNDAY)
    file_of_bank = bank_file_of(visited, 7, finance)
    proposal, sitting, minutes = before_others(visited, file.digest)
    line = paid_deposit(visited, 3)
    attempt = line.charge.attempts.get()
    part = Money(minor=1_000, currency="BHD")
    salem = works.act_as(person("salem", works.authority()))
    kept = propose_forfeiture(line, part, reason="كسر", photos=[file.digest], actor=salem, at=SUNDAY)
    refusal = Stall.objects.create(
        origin=f"receipt:{line.charge.receipt.pk}", application=visited, code="text-differs", at=SUNDAY
    )
    charge = owed_charge(visited)
    waiver = propose_waiver(charge, "works-fee", charge.money, "سبب", actor=finance, at=SUNDAY)
    difference = differing(visited)
    mandate, deputy = waiting_for_a_signature(salem, person("mariam", works.authority()))
    proposed = proposed_text()
    answered = visited.referrals.get(agency="ewa")
    condition, sent_file = more_of_opinion(answered.opinion)
    agenda, signed = agenda_and_minutes(sitting)
    parcel = made_up_parcel()
    message, enclosure = written(visited)
    closed = closed_day_of(works.authority(), salem.person)
    sent = deed_sent(file.digest)
    arguments: dict[str, list[object]] = {
        "shared": [instrument.pk],
        "conversation": [message.application_id],
        "enclosure": [enclosure.pk],
        **{"staff-member": [attempt.pk], "staff-change": [attempt.pk]},
        "act-on-erasure": [attempt.pk, "approve"],
        "act-on-hold": [attempt.pk, "approve"],
        **{"act-on-staff": [attempt.pk, "reset"], "act-on-staff-change": [attempt.pk, "approve"]},
        "end-session": [0],
        **{"territory-change": [closed.pk], "act-on-territory-change": [closed.pk, "refuse"]},
        **{"settings-of": ["closed-day"], "change-setting": ["closed-day", "new"]},
        "withdraw-work": [attempt.pk],
        **{"job": [1], "retry-job": [1], "send-again": [attempt.pk], "act-on-start": [attempt.pk, "approve"]},
        **{"mandate": [mandate.pk], "act-on-mandate": [mandate.pk, "refuse"]},
        "propose-mandate": [mandate.post_id],
        "act-on-deputy": [deputy.pk, "refuse"],
        "act-on-absence": ["away"],
        "resolve-silence": [visited.pk, visited.referrals.earliest("step").pk],
        **{"governorate": ["capital"], "block": [317], "road": [317, 1705], "building": [317, 1705, "12"]},
        **{"parcels": [317], "parcel": [317, parcel.pk]},
        "attempt": [attempt.pk],
        "act-on-attempt": [attempt.pk, "ask"],
        "deposit": [kept.line_id],
        "forfeit": [kept.line_id],
        "deposit-photo": [kept.line_id, file.digest],
        "act-on-forfeiture": [kept.pk, "refuse"],
        "issue-paper": [refusal.pk],
        "charge": [charge.pk],
        "propose-waiver": [charge.pk],
        **{"waiver": [waiver.pk], "act-on-waiver": [waiver.pk, "refuse"]},
        **violation_of(instrument, "CAP", file.digest, by=yusuf),
        "owed": ["deposit", owed.pk],
        "payout": [payout.pk],
        "act-on-payout": [payout.pk, "approve"],
        "bank-answer": [bank_answer_of(file_of_bank, finance)],
        "bank-file": [file_of_bank],
        "take-bank-file": [file_of_bank],
        "act-on-bank-file": [file_of_bank, "approve"],
        "ask-gateway": ["cards"],
        "deed": [sent.pk],
        "deed-file": [sent.pk],
        **{"definition": ["road-works-licence"], "fees-of-service": ["road-works-licence"]},
        "service-proposal": [proposed.pk],
        "act-on-service-proposal": [proposed.pk, "refuse"],
        "difference": [difference.pk],
        "act-on-difference": [difference.pk, "explain"],
        "second-look": [_drawn(visited).pk],
        "application": [visited.pk],
        "printout": [visited.pk],
        "purpose": [visited.pk],
        "take": [visited.pk],
        **{"note": [visited.pk], "add-step": [visited.pk], "take-back-step": [visited.pk, "added-1"]},
        **{
            "add-case-files": [visited.pk],
            "case-file": [case_file_of(visited, salem.person, file.digest).pk],
        },
        "hand-over": [visited.pk],
        "check": [visited.pk, "completeness"],
        "refer": [visited.pk, "ewa"],
        "return": [visited.pk],
        "decide": [visited.pk],
        "process": [visited.pk],
        "propose": [visited.pk],
        "confirm": [visited.pk, proposal.pk],
        "disagree": [visited.pk, proposal.pk],
        "sitting": [sitting.pk],
        "conclude": [sitting.pk, visited.pk],
        "minutes": [minutes.pk],
        "matter": [visited.pk],
        "file": [file.pk],
        **{"original": [file.pk], "view-file": [file.pk], "note-on-file": [file.pk]},
        "file-page": [file.pk, 1],
        "photo": [report.pk, file.digest],
        "referral": [answered.pk],
        **{"act-on-referral": [answered.pk, "take"], "ask-again": [visited.pk, answered.pk]},
        "choose-documents": [visited.pk, answered.pk],
        **{"rule-on-condition": [visited.pk, condition.pk], "opinion-file": [sent_file.pk]},
        **{
            "act-on-agency-post": [1, "end"],
            "end-agency-key": [visited.pk],
            "end-webhook": [visited.pk],
            "end-standard-condition": [1],
        },
        **{
            "agenda": [agenda.pk],
            "papers": [agenda.pk],
            "bound-papers": [agenda.pk],
            "bind-papers": [agenda.pk],
            "call-off": [agenda.pk],
        },
        **{"draw-minutes": [sitting.pk], "signed-minutes": [signed.pk]},
        "act-on-signed-minutes": [signed.pk, "sign"],
        "inspection": [visit.pk],
        **field | {"act-on-round": [*field["round"], "take-off"]},
        "offer-times": [visit.pk],
        "instrument": [instrument.pk],
        "instrument-file": [instrument.pk],
        "change-instrument": [instrument.pk, "revoke"],
        "act-on-revocation": [revocation_of(instrument).pk, "approve"],
        "correct-instrument": [instrument.pk],
        "act-on-suspension": [instrument.pk, "confirm"],
        "act-on-correction": [correction_of(instrument).pk, "approve"],
        "journal-of-application": [visited.pk],
    }
    return lambda route: reverse(f"desk:{route}", args=arguments.get(route, []))


def _drawn(application: Application) -> DrawnGrant:
    """A grant of another round that was drawn to be looked at again."""
    decision = Decision.objects.create(
        application=application, round=9, outcome="granted", rule="made-up", at=SUNDAY
    )
    draw = Draw.objects.create(day=SUNDAY.date(), seed="0" * 64, share=1000, at=SUNDAY)
    return DrawnGrant.objects.create(decision=decision, authority=works.authority(), draw=draw)
