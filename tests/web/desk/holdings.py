"""One of everything that the desk shows, at one authority, its committee and its agency."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.applications import blobs
from rukhsa.applications.models import Application, Attachment
from rukhsa.applications.taken import take
from rukhsa.audit.journal import record_event
from rukhsa.audit.security import Event
from rukhsa.authorities.models import Agency, Authority, Post
from rukhsa.catalogue.models import TerritoryChange
from rukhsa.delivery.models import Notice
from rukhsa.feedback.feedback import About, Feedback, give
from rukhsa.issuance.models import CorrectionProposal, Instrument, Intent, RevocationProposal, Stall
from rukhsa.issuance.revocation_proposal import propose_revocation
from rukhsa.mandates.deputy import propose_deputy
from rukhsa.mandates.mandate import Act, Extent, propose_mandate
from rukhsa.payments.forfeiture import propose_forfeiture
from rukhsa.payments.models import ChargeLine
from rukhsa.payments.payout import propose_payout
from rukhsa.payments.waiver import propose_waiver
from rukhsa.personal.dispute_hold import propose_hold
from rukhsa.personal.order import propose_kind
from rukhsa.reconciliation.models import Difference, Statement
from rukhsa.review import inspection, referral
from rukhsa.review.agenda import Agenda
from rukhsa.review.check import check
from rukhsa.review.condition import StandardCondition, add_standard
from rukhsa.review.inspection import InspectionReport
from rukhsa.review.proposal import Proposal
from rukhsa.review.queue import WaitingMatter
from rukhsa.review.sitting import Minutes, Sitting
from rukhsa.review.sitting_minutes import SittingMinutes, content_of
from rukhsa.review.sitting_papers import SittingPapers
from rukhsa.staff.change import StaffChange
from rukhsa.values.money import Money
from rukhsa.values.names import Text
from rukhsa.verification.relying_key import RelyingKey, make_key
from rukhsa.verification.webhook import Webhook, register_webhook
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.banked import bank_pages
from tests.web.desk.before_others import case_file_of, closed_day_of, drawn_of
from tests.web.desk.conftest import IBAN, owed_charge, paid_deposit, picture, released, written
from tests.web.desk.fined import violation_of
from tests.web.desk.in_the_field import in_the_field
from tests.web.desk.plotted import plotted

type Arguments = tuple[Any, ...]  # of an address


@dataclass(frozen=True, kw_only=True)
class Town:
    """One of the two towns of the matrix: its authority, the agency that it consults, and a block."""

    code: str
    ordinal: int
    agency: str
    block: int
    governorate: str
    name: str  # of the authority
    region: str  # the name of the governorate

    def house(self, role: Role) -> Authority | Agency:
        """The place of a post in the role in this town; a member's is the committee `building`."""
        if role in {Role.AGENCY_OFFICER, Role.AGENCY_COORDINATOR}:
            return works.agency(self.agency)
        return works.authority(self.code, self.ordinal)

    @property
    def reference(self) -> str:
        """The reference of the application that is examined."""
        return f"{self.code}-2026-000001"


A = Town(code="CAP", ordinal=1, agency="ewa", block=317, governorate="capital",
         name="Capital Secretariat", region="Capital Governorate")  # fmt: skip
B = Town(code="MUH", ordinal=2, agency="gas", block=213, governorate="muharraq",
         name="Muharraq Municipality", region="Muharraq Governorate")  # fmt: skip
TOWNS = (A, B)


def own(town: Town, role: Role) -> Person:
    """One of the people who made the objects; none of those whom the matrix tries."""
    return works.staff(f"{role}.{town.code}@maker.example", "", str(role), role, at=town.house(role))


def everything(town: Town) -> dict[str, Arguments]:
    """Make it all, and return the arguments of the address for each route with an object."""
    application = _visited(town)
    file = application.attachments.get()
    visit = application.inspections.get()
    points = {"marked": False, "clear": True}
    inspector = works.act_as(own(town, Role.INSPECTOR))
    inspection.report(visit, False, points, "Mark it.", [file.digest], actor=inspector, at=SUNDAY)
    instrument = instrument_of(application, town)
    granted = _stalled(application, town)
    about = About(after=Feedback.After.SUBMITTED, authority=application.authority)
    give(about, rating=4, text=f"feedback-{town.code}", language="en", at=SUNDAY)
    asked = application.referrals.get()
    pk, report = application.pk, InspectionReport.objects.get(inspection=visit)
    return {
        **dict.fromkeys(
            (
                "application",
                "printout",
                "purpose",
                "take",
                "hand-over",
                "note",
                "add-step",
                "add-case-files",
                "return",
                "decide",
                "process",
                "propose",
            ),
            (pk,),
        ),
        "second-look": (drawn_of(granted, own(town, Role.OFFICER), town.ordinal).pk,),
        **dict.fromkeys(("matter", "journal-of-application"), (pk,)),
        "check": (pk, "completeness"),
        "refer": (pk, town.agency),
        "take-back-step": (pk, "added-1"),
        "case-file": (case_file_of(application, own(town, Role.OFFICER), file.digest).pk,),
        "file": (file.pk,),
        **dict.fromkeys(("original", "view-file", "note-on-file"), (file.pk,)),
        "file-page": (file.pk, 1),
        "photo": (report.pk, file.digest),
        **dict.fromkeys(("referral", "act-on-referral"), (asked.pk,)),
        **dict.fromkeys(("resolve-silence", "ask-again", "choose-documents"), (pk, asked.pk)),
        "act-on-agency-post": (Post.objects.get(agency=town.agency, role=Role.AGENCY_OFFICER).pk,),
        "end-agency-key": (_system_key(town).pk,),
        "end-webhook": (_webhook(town).pk,),
        "end-standard-condition": (_standard(town).pk,),
        "opinion-file": (asked.opinion.files.get().pk,),
        "rule-on-condition": (pk, asked.opinion.conditions.get().pk),
        **dict.fromkeys(("inspection", "offer-times"), (visit.pk,)),
        **in_the_field(visit, inspector, file.digest),
        "instrument": (instrument.pk,),
        **dict.fromkeys(("change-instrument", "instrument-file"), (instrument.pk,)),
        "act-on-revocation": (_revocation(instrument, town).pk,),
        **dict.fromkeys(("act-on-suspension", "correct-instrument"), (instrument.pk,)),
        "act-on-correction": (_correction(instrument, town).pk,),
        "act-on-erasure": (_order(application, town),),
        "act-on-hold": (_hold(application, town),),
        "conversation": (pk,),
        "enclosure": (written(application)[1].pk,),
        **_before_others(application, town, file.digest),
        **_money(application, town, file.digest),
        **_places(town),
        **_accounts(town),
        **{
            route: (*found[:2],) if route == "violation-photo" else (found[0],)
            for route, found in violation_of(instrument, town.code, file.digest, by=inspector).items()
        },
        "stalled": (granted.pk,),
        "send-again": (unsent(application).pk,),
        **dict.fromkeys(("territory-change", "act-on-territory-change"), (_closed_day(town).pk,)),
    }


def _closed_day(town: Town) -> TerritoryChange:
    return closed_day_of(works.authority(town.code, town.ordinal), own(town, Role.ADMINISTRATOR))


def unsent(application: Application) -> Notice:
    """A message to the applicant that could not be sent."""
    return Notice.objects.create(
        application=application, person=application.applicant, event="submitted", channel="sms", language="ar",
        created_at=SUNDAY, failures=2, last_failure="ConnectError",
    )  # fmt: skip


def _standard(town: Town) -> StandardCondition:
    coordinator = works.act_as(own(town, Role.AGENCY_COORDINATOR))
    text = Text(ar="متران عن الكيبل", en="Two metres from the cable")
    return add_standard(works.agency(town.agency), text, actor=coordinator, at=SUNDAY)


def _system_key(town: Town) -> RelyingKey:
    coordinator = works.act_as(own(town, Role.AGENCY_COORDINATOR))
    make_key(works.agency(town.agency), "Register", actor=coordinator, at=SUNDAY)
    return RelyingKey.objects.get(agency=town.agency)


def _webhook(town: Town) -> Webhook:
    coordinator = works.act_as(own(town, Role.AGENCY_COORDINATOR))
    address = "http://127.0.0.1:8002/agency"
    return register_webhook(works.agency(town.agency), address, actor=coordinator, at=SUNDAY)


def _revocation(instrument: Instrument, town: Town) -> RevocationProposal:
    officer = works.act_as(own(town, Role.OFFICER))
    return propose_revocation(instrument, "سبب", actor=officer, at=SUNDAY)


def _correction(instrument: Instrument, town: Town) -> CorrectionProposal:
    return CorrectionProposal.objects.create(
        instrument=instrument,
        application=instrument.intent.application,
        reason="سبب",
        proposed_by=own(town, Role.OFFICER),
        proposed_at=SUNDAY,
    )


def _accounts(town: Town) -> dict[str, Arguments]:
    """An officer for whom a supervisor's post is proposed, and a refusal in the security log."""
    person, by = own(town, Role.INSPECTOR), own(town, Role.ADMINISTRATOR)
    change = StaffChange.objects.create(
        act="post", person=person, authority=works.authority(town.code, town.ordinal), role=Role.SUPERVISOR,
        starts_on=SUNDAY.date(), proposed_by=by, proposed_at=SUNDAY,
    )  # fmt: skip
    officer, at = own(town, Role.OFFICER), works.act_as(by)
    post = Post.objects.get(person=officer)
    extent = Extent(acts=[Act.GRANT], starts_on=SUNDAY.date())
    mandate = propose_mandate(post, extent, actor=at, at=SUNDAY)
    other = own(town, Role.SUPERVISOR)
    deputy = propose_deputy(officer, other, town.code, actor=at, at=SUNDAY)
    refused = {"route": f"refused-{town.code}", "authority": town.code}
    record_event(Event.REFUSE_ACCESS, by=person, about=person, at=SUNDAY, **refused)
    return {
        **dict.fromkeys(("staff-member", "act-on-staff"), (person.pk,)),
        **dict.fromkeys(("mandate", "act-on-mandate"), (mandate.pk,)),
        "propose-mandate": (post.pk,),
        "act-on-deputy": (deputy.pk,),
        **dict.fromkeys(("staff-change", "act-on-staff-change"), (change.pk,)),
    }


def application_for(town: Town) -> Application:
    """Road works with a picture attached, just submitted."""
    works.agency(town.agency)
    question = works.EWA | {"refer": town.agency}
    version = works.publish(works.works(works.CHECK, question, works.VISIT, works.BY_OFFICER))
    application = works.submitted(
        version, reference=town.reference, of=works.authority(town.code, town.ordinal)
    )
    content = picture()
    Attachment.objects.create(
        application=application, document="drawing", name="route.png", digest=blobs.keep(content),
        media_type="image/png", size=len(content), added_by=application.applicant, added_at=SUNDAY,
    )  # fmt: skip
    return application


def _visited(town: Town) -> Application:
    """The same, answered by its agency, with an inspection ordered."""
    application = application_for(town)
    check(application, "completeness", actor=works.act_as(own(town, Role.OFFICER)), at=SUNDAY)
    works.asked(application, SUNDAY)
    answering = works.act_as(own(town, Role.AGENCY_OFFICER))
    file = take(ContentFile(picture(), name="cable.png"))
    text = Text(ar="متران عن الكيبل", en="Two metres from the cable")
    asked = application.referrals.get()
    referral.answer(asked, "conditions", "", conditions=[text], files=[file], actor=answering, at=SUNDAY)
    works.ordered(application, SUNDAY)
    return application


def instrument_of(application: Application, town: Town) -> Instrument:
    """A document that was issued for an application."""
    intent = Intent.objects.create(
        origin=f"application:{application.pk}", application=application, authority=application.authority,
        service_version=application.service_version, number=f"{town.code}-RW-2026-000001-1",
        verification_code=f"ABCDEFGHJKMNPQR{town.ordinal}", status_list=1, status_index=town.ordinal, profile=7,
        facts={}, printed={}, valid_from=SUNDAY.date(), valid_until=SUNDAY.date().replace(year=2099), at=SUNDAY,
    )  # fmt: skip
    return Instrument.objects.create(intent=intent, file_digest=blobs.keep(b"%PDF-1.7"), released_at=SUNDAY)


def _stalled(application: Application, town: Town) -> Application:
    granted = works.submitted(
        application.service_version,
        reference=f"{town.code}-2026-000002",
        of=works.authority(town.code, town.ordinal),
    )
    Application.objects.filter(pk=granted.pk).update(stage="granted")
    Stall.objects.create(
        origin=f"application:{granted.pk}", application=granted, code="text-differs", at=SUNDAY
    )
    return granted


def _before_others(application: Application, town: Town, digest: str) -> dict[str, Arguments]:
    """The same application as if two officers decided, and a committee had met on it."""
    officer, authority = own(town, Role.OFFICER), works.authority(town.code, town.ordinal)
    proposal = Proposal.objects.create(
        application=application, submission=application.steps.get(), outcome="granted", reasons="In order.",
        proposed_by=officer, proposed_at=SUNDAY,
    )  # fmt: skip
    sitting = Sitting.objects.create(
        authority=authority, committee="building", held_on=SUNDAY.date(), convened_by=officer, at=SUNDAY
    )
    minutes = Minutes.objects.create(
        sitting=sitting, application=application, digest=digest, media_type="image/png",
        file_name="minutes.png", written_by=officer, at=SUNDAY,
    )  # fmt: skip
    WaitingMatter.objects.create(application=application, authority=authority, committee="building")
    agenda = Agenda.objects.create(
        authority=authority, committee="building", starts_at=SUNDAY.replace(year=2099), place="Hall",
        prepared_by=officer, at=SUNDAY,
    )  # fmt: skip
    SittingPapers.objects.create(
        agenda=agenda, composed_digest="0" * 64, files=[], asked_by=officer, asked_at=SUNDAY,
        digest=blobs.keep(b"%PDF-1.7"), finished_at=SUNDAY,
    )  # fmt: skip
    signed = SittingMinutes.objects.create(
        sitting=sitting, version=1, chair=own(town, Role.COMMITTEE_MEMBER), digest="0" * 64, proposed_by=officer,
        proposed_at=SUNDAY, content=content_of(sitting, officer, SUNDAY),
    )  # fmt: skip
    return {
        **dict.fromkeys(("agenda", "papers", "bound-papers", "bind-papers", "call-off"), (agenda.pk,)),
        "draw-minutes": (sitting.pk,),
        "signed-minutes": (signed.pk,),
        "confirm": (application.pk, proposal.pk),
        "disagree": (application.pk, proposal.pk),
        "sitting": (sitting.pk,),
        "conclude": (sitting.pk, application.pk),
        "minutes": (minutes.pk,),
    }


def _money(application: Application, town: Town, digest: str) -> dict[str, Arguments]:
    first = 10 * town.ordinal
    officer, finance = (works.act_as(own(town, role)) for role in (Role.OFFICER, Role.FINANCE))
    owed, asked = (released(application, number) for number in (first + 1, first + 2))
    payout = propose_payout(asked, "bank-transfer", iban=IBAN, actor=finance, at=SUNDAY)
    line: ChargeLine = paid_deposit(application, first + 3)
    part = Money(minor=1_000, currency="BHD")
    kept = propose_forfeiture(line, part, reason="كسر", photos=[digest], actor=officer, at=SUNDAY)
    refusal = Stall.objects.create(
        origin=f"receipt:{line.charge.receipt.pk}", application=application, code="text-differs", at=SUNDAY
    )
    charge = owed_charge(application, first + 5)  # the newest, which alone is payable
    waiver = propose_waiver(charge, "works-fee", charge.money, "سبب", actor=finance, at=SUNDAY)
    attempt = line.charge.attempts.get()
    return {
        **dict.fromkeys(("attempt", "act-on-attempt"), (attempt.pk,)),
        **dict.fromkeys(("deposit", "forfeit"), (line.pk,)),
        "deposit-photo": (line.pk, digest),
        "act-on-forfeiture": (kept.pk,),
        "issue-paper": (refusal.pk,),
        **dict.fromkeys(("charge", "propose-waiver"), (charge.pk,)),
        **dict.fromkeys(("waiver", "act-on-waiver"), (waiver.pk,)),
        "owed": ("deposit", owed.pk),
        **dict.fromkeys(("payout", "act-on-payout"), (payout.pk,)),
        **bank_pages(application, first + 4, finance),
        **dict.fromkeys(("difference", "act-on-difference"), (differing_at(application, town),)),
    }


def _order(application: Application, town: Town) -> UUID:
    """An order to erase what is over of the refused applications of the town."""
    maker = works.act_as(own(town, Role.DATA_PROTECTION))
    assert application.authority
    return propose_kind(application.authority, "refused", "over", actor=maker, at=SUNDAY).pk


def _hold(application: Application, town: Town) -> UUID:
    """A hold of the application for a dispute, which waits to be approved."""
    maker, day = works.act_as(own(town, Role.DATA_PROTECTION)), SUNDAY.date() + timedelta(days=9)
    return propose_hold(application, "court", "A case.", day, actor=maker, at=SUNDAY).pk


def differing_at(application: Application, town: Town) -> UUID:
    """A difference between a statement and the books of the town's authority."""
    statement = Statement.objects.create(
        gateway="national", day=SUNDAY.date(), digest=f"{town.ordinal}" * 64, count=1, net=25_500, currency="BHD",
        taken_by=own(town, Role.FINANCE), taken_at=SUNDAY,
    )  # fmt: skip
    return Difference.objects.create(
        statement=statement, kind=Difference.Kind.NOT_SETTLED_HERE, gateway="national",
        reference=f"26111-{town.code}", authority=application.authority, theirs=25_500, ours=25_500,
        currency="BHD", found_at=SUNDAY,
    ).pk  # fmt: skip


def _places(town: Town) -> dict[str, Arguments]:
    parcel = plotted(works.authority(town.code, town.ordinal), block=town.block, ordinal=town.ordinal)
    return {
        "governorate": (town.governorate,),
        "block": (town.block,),
        "road": (town.block, 1705),
        "building": (town.block, 1705, "12"),
        "parcels": (town.block,),
        "parcel": (town.block, parcel.pk),
    }
