"""What a grant would bring: the amount that the applicant then pays, and the document that would be issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.models import Application
from rukhsa.catalogue.territory import territory
from rukhsa.errors import RukhsaError
from rukhsa.issuance.grant import grant_to_applicant
from rukhsa.issuance.intent import Intent, origin_of_application
from rukhsa.issuance.prepare import intent_of
from rukhsa.issuance.printed_page import Row, rows_of
from rukhsa.payments import tariff
from rukhsa.payments.models import Charge
from rukhsa.review import condition
from rukhsa.trust.errors import TrustError
from rukhsa.values.money import Money
from rukhsa.values.names import Text
from rukhsa.web.reckoning import LineShown, line_shown
from rukhsa.web.sentences import sentence_for


@dataclass(frozen=True, kw_only=True)
class DocumentForeseen:
    """The document as it would be issued today, without its number, code and seal."""

    title: Text
    authority: Text
    rows: Sequence[Row]
    conditions: Sequence[Text]
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What an officer sees before a grant; `problem` says why there would be no document or no amount."""

    lines: list[LineShown]
    total: Money
    document: DocumentForeseen | None
    problem: Promise | str = ""


def total_foreseen(application: Application, *, at: datetime) -> tuple[Money | None, Promise | str]:
    """What an applicant would pay after a grant at this moment, or why no amount can be said."""
    try:
        return tariff.total_foreseen(application, Charge.Due.AFTER_DECISION, at=at), ""
    except RukhsaError as error:
        return None, sentence_for(error)


def foreseen(application: Application, *, at: datetime) -> Foreseen:
    """What a grant at this moment would bring; nothing is stored."""
    currency = territory().currency
    try:
        prices = tariff.foreseen(application, Charge.Due.AFTER_DECISION, at=at)
        document = _document(application, at)
    except (RukhsaError, TrustError) as error:
        told = (
            getattr(error, "text", "")
            or _("The document cannot be written with these answers:") + f" {error}"
        )
        return Foreseen(lines=[], total=Money(minor=0, currency=currency), document=None, problem=told)
    total = Money(minor=sum(each.money.minor for each in prices), currency=currency)
    return Foreseen(
        lines=[line_shown(each.line, currency) for each in prices], total=total, document=document
    )


def _document(application: Application, at: datetime) -> DocumentForeseen:
    granted = grant_to_applicant(
        application,
        origin=origin_of_application(application),
        service_version=application.service_version,
        answers=application.answers,
        issued_to=application,
        conditions=condition.applied_to([application]).get(application.pk, ()),
    )
    intent = intent_of(granted, 0, 0, at)
    return DocumentForeseen(
        title=application.service_version.profile.name,
        authority=territory().authority(application.authority_id or "").name(on=timezone.localdate(at)),
        rows=rows_shown(intent),
        conditions=[Text(**each) for each in intent.printed["conditions"]],
        valid_from=intent.valid_from,
        valid_until=intent.valid_until,
    )


def rows_shown(intent: Intent) -> list[Row]:
    """What the page of a document shows, sealed or beside the seal."""
    version = intent.service_version
    sealed = {int(key): fact for key, fact in intent.facts.items()}
    beside = {int(key): fact for key, fact in intent.printed.get("beside", {}).items()}
    return [
        *rows_of(sealed, version.profile),
        *rows_of(beside, version.definition.beside(territory().currency)),
    ]
