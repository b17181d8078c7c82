"""The pages of violations: the list, recording one with photos, confirming and mending it."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError, State
from rukhsa.applications.file_check import BadFile
from rukhsa.applications.interest import OwnInterest
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.violation_rule import violation_rules
from rukhsa.issuance.instrument import Instrument, application_behind
from rukhsa.payments.models import HeldDeposit
from rukhsa.review.participant import openable
from rukhsa.values.identifiers import IdentifierError, masked, typed_number
from rukhsa.violations.contesting import applications_of, fines_paid
from rukhsa.violations.paper_notice import PaperNotice, record_paper_notice
from rukhsa.violations.party import read_party
from rukhsa.violations.violation import (
    NotRecorded,
    Seen,
    Violation,
    ViolationError,
    ViolationQuerySet,
    confirm_violation,
    mend_violation,
    record_violation,
    refuse_violation,
)
from rukhsa.violations.withdrawal import waiting_withdrawal
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE, agreement_offered
from rukhsa.web.desk.files import LOCKED, answer_picture, keep_photos, kept_before, sealed
from rukhsa.web.desk.violation_state import state_of
from rukhsa.web.sentences import sentence_for, status_of_form
from rukhsa.web.violation_notice import notice_as_pdf

A_LIST: Final = 50
_SALT: Final = "desk.violation"
_ABOUT: Final = (
    "authority",
    "person",
    "company",
    "instrument__intent",
    "proposed_by",
    "decided_by",
    "mending",
    "withdrawal",
)
_FILTERS: Final[dict[str, tuple[Promise, Callable[[ViolationQuerySet], ViolationQuerySet]]]] = {
    "waiting": (_("Waiting for a second person"), ViolationQuerySet.waiting),
    "withdrawals": (_("Withdrawal proposed"), ViolationQuerySet.to_withdraw),
    "to-mend": (_("To be mended"), ViolationQuerySet.to_mend),
    "all": (_("All"), ViolationQuerySet.all),
}


@requires(Permission.READ_VIOLATIONS)
@require_GET
def show_all(request: PortalRequest) -> HttpResponse:
    """The violations of one's authorities: those that wait, those to be mended, or all; the newest first."""
    ours = Violation.objects.on_which(request.actor, Permission.READ_VIOLATIONS)
    chosen = request.GET.get("show", "all")
    chosen = chosen if chosen in _FILTERS else "all"
    found = _FILTERS[chosen][1](ours).select_related(*_ABOUT).order_by("-proposed_at")[: A_LIST + 1]
    record("see-violations", request.actor.person, actor=request.actor, at=timezone.now())
    context = {
        "lines": [(each, state_of(each)) for each in found[:A_LIST]],
        "has_more": len(found) > A_LIST,
        "filters": [(name, words, narrowed(ours).count()) for name, (words, narrowed) in _FILTERS.items()],
        "chosen": chosen,
        "may_record": request.actor.holds_somewhere(Permission.RECORD_VIOLATION),
    }
    return render(request, "desk/violations.html", context)


@requires(Permission.RECORD_VIOLATION)
@require_http_methods(["GET", "POST"])
def new(request: PortalRequest) -> HttpResponse:
    """Record a violation, of a document whose number is given or of a place with none."""
    if request.method == "GET":
        now = timezone.localtime()
        return _form(request, {"number": request.GET.get("number", ""), "at": f"{now:%Y-%m-%dT%H:%M}"})
    typed, kept = request.POST.dict(), kept_before(request, salt=_SALT)
    try:
        kept = keep_photos(request, kept)
        instrument = _document(request.actor, request.POST.get("number", ""))
        violation = record_violation(
            _seen(typed, kept),
            authority=_authority(request.actor, instrument),
            instrument=instrument,
            party=read_party(**_party(typed)),
            actor=request.actor,
            at=timezone.now(),
        )
    except IdentifierError:
        error = _("Check the number and the phone of the responsible person or company.")
        return _form(request, typed, error=error, kept=kept, status=UNPROCESSABLE)
    except (ViolationError, BadFile, OwnInterest) as refused:
        status = status_of_form(refused.code)
        return _form(request, typed, error=sentence_for(refused), kept=kept, status=status)
    messages.success(request, _("The violation was recorded. Another person must confirm it."))
    return redirect("desk:violation", violation.pk)


@requires(Permission.READ_VIOLATIONS)
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One violation with its evidence, and what can be done with it."""
    violation = reached(request.actor, pk)
    record("see-violation", violation, actor=request.actor, at=timezone.now())
    return page(request, violation)


@requires(Permission.RECORD_VIOLATION)
@require_POST
def act(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Confirm, refuse, mend or serve a violation; its recorder takes it back by refusing."""
    violation = reached(request.actor, pk, Permission.RECORD_VIOLATION)
    reason = request.POST.get("reason", "")
    actor, at = request.actor, timezone.now()
    acts: dict[str, Callable[[], object]] = {
        "approve": lambda: confirm_violation(violation, actor=actor, at=at),
        "refuse": lambda: refuse_violation(violation, reason, actor=actor, at=at),
        "mend": lambda: mend_violation(violation, reason, actor=actor, at=at),
        "serve": lambda: _serve(violation, request.POST, actor, at),
    }
    if verb not in acts:
        raise Http404
    try:
        acts[verb]()
    except (AgreementError, ViolationError) as refused:
        return page(request, reached(request.actor, pk), error=sentence_for(refused), reason=reason)
    messages.success(request, _("Saved."))
    return redirect("desk:violation", pk)


@requires(Permission.READ_VIOLATIONS)
@require_GET
def notice(request: PortalRequest, pk: UUID) -> FileResponse:
    """The notice of a confirmed violation as a PDF, to be printed and handed over."""
    violation, at = reached(request.actor, pk), timezone.now()
    if violation.state != State.APPROVED:
        raise Http404
    record("print-violation", violation, actor=request.actor, at=at)
    return notice_as_pdf(violation, at=at)


@requires(Permission.READ_VIOLATIONS)
@require_GET
@csp_override(LOCKED)
def photo(request: PortalRequest, pk: UUID, digest: str) -> HttpResponseBase:
    """A picture of a violation."""
    violation = reached(request.actor, pk)
    if not violation.evidence.filter(digest=digest).exists():
        raise Http404
    return answer_picture(request, violation, digest, act="see-violation-photo")


def _serve(violation: Violation, typed: QueryDict, actor: Actor, at: datetime) -> PaperNotice:
    try:
        served_at = timezone.make_aware(datetime.fromisoformat(typed.get("served", "")))
    except ValueError:
        raise NotRecorded(_("Enter day and time.")) from None
    taken_by = typed.get("taken_by", "").replace("\x00", "")
    return record_paper_notice(
        violation, way=typed.get("way", ""), taken_by=taken_by, served_at=served_at, actor=actor, at=at
    )


def _deposits(violation: Violation, actor: Actor) -> list[HeldDeposit]:
    """What is held of the document's application, where the actor may propose to keep a part of it."""
    needed = (Permission.READ_MONEY, Permission.PROPOSE_FORFEITURE)
    if violation.instrument is None or not all(actor.holds(each, at=violation.scope) for each in needed):
        return []
    held = HeldDeposit.objects.filter(line__charge__application=application_behind(violation.instrument))
    return list(held.select_related("line__charge"))


def reached(actor: Actor, pk: UUID, permission: Permission = Permission.READ_VIOLATIONS) -> Violation:
    """A violation on which the actor holds the permission; raise DoesNotExist otherwise."""
    ours = Violation.objects.on_which(actor, permission)
    return ours.select_related(*_ABOUT).get(pk=pk)


def _document(actor: Actor, typed: str) -> Instrument | None:
    """The newest version of the document with a number, where the actor may read documents. Raises NotRecorded."""
    if not typed.strip():
        return None
    number = typed_number(typed)
    ours = Instrument.objects.on_which(actor, Permission.READ_INSTRUMENTS)
    found = ours.filter(intent__number=number).select_related("intent__application")
    if (newest := found.order_by("-intent__version").first()) is None:
        raise NotRecorded(_("Your authority has no document with this number."))
    return newest


def _authority(actor: Actor, instrument: Instrument | None) -> str:
    """That of the document; else the one at which the actor records violations."""
    if instrument:
        return instrument.intent.authority_id
    return min(actor.authorities_where(Permission.RECORD_VIOLATION))


def _seen(typed: dict[str, Any], photos: list[str]) -> Seen:
    zone = timezone.get_current_timezone()
    try:
        at = datetime.fromisoformat(typed.get("at", "")[:16]).replace(tzinfo=zone)
    except ValueError:
        raise NotRecorded(_("Enter when you saw it.")) from None
    latitude, longitude = _degrees(typed.get("position", ""))
    said = {name: typed.get(name, "") for name in ("kind", "place", "text")}
    return Seen(**said, at=at, photos=photos, latitude=latitude, longitude=longitude)


def _party(typed: dict[str, Any]) -> dict[str, str]:
    """Who is responsible where there is no document, as it was typed."""
    return {name: typed.get(f"party-{name}", "") for name in ("name", "number", "phone")}


def _degrees(typed: str) -> tuple[Decimal, Decimal] | tuple[None, None]:
    """Latitude and longitude; none where nothing was typed. Raises NotRecorded."""
    if not typed.strip():
        return None, None
    try:
        latitude, longitude = (round(Decimal(part), 6) for part in typed.replace("،", ",").split(","))
    except (InvalidOperation, ValueError):
        raise NotRecorded(_("Enter latitude, longitude, like 26.2235, 50.5876.")) from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise NotRecorded(_("Enter latitude, longitude, like 26.2235, 50.5876."))
    return latitude, longitude


def _form(
    request: PortalRequest,
    typed: dict[str, Any],
    *,
    error: object = None,
    kept: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    kinds = [(code, rule.name) for code, rule in violation_rules().items()]
    party = _party(typed)
    context = {
        "kinds": kinds,
        "typed": typed,
        "party": party,
        "party_is_named": any(party.values()),
        "error": error,
        "kept": sealed(kept or [], salt=_SALT),
    }
    return render(request, "desk/violation_form.html", context, status=status)


def page(
    request: PortalRequest, violation: Violation, *, error: Promise | str | None = None, reason: str = ""
) -> HttpResponse:
    """The page of a violation, with what this person may do with it."""
    may_confirm = request.actor.holds(Permission.CONFIRM_VIOLATION, at=violation.scope)
    stands = violation.state == State.APPROVED and not violation.is_withdrawn
    may_record = request.actor.holds(Permission.RECORD_VIOLATION, at=violation.scope)
    named = list(applications_of(violation)[:10]) if violation.state == State.APPROVED else []
    opening = openable(request.actor, *named)
    withdrawal = waiting_withdrawal(violation) if stands else None
    waits = withdrawal or violation
    context = {
        "violation": violation,
        "state": state_of(violation),
        "digests": [each.digest for each in violation.evidence.all()],
        "party_number": masked(violation.party_number),
        "notices": violation.notices.all(),
        "deposits": _deposits(violation, request.actor) if stands else [],
        "applications": [(each, each.pk in opening) for each in named],
        **agreement_offered(
            proposer=waits.proposed_by, waits=waits.waits, may_decide=may_confirm, actor=request.actor
        ),
        "withdrawal": withdrawal,
        "not_withdrawn": violation.withdrawal_proposals.refused().select_related("decided_by"),
        "fines_paid": [fine for each in named if stands for fine in fines_paid(each)],
        "paper": violation.paper_notices.select_related("inspector"),
        "may_serve": stands and may_record,
        "ways": PaperNotice.Way.choices,
        "served": request.POST if request.method == "POST" else {},
        "now": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
        "may_mend": stands and may_record and not violation.is_mended,
        "may_withdraw": stands and may_record and withdrawal is None,
        "error": error,
        "reason": reason,
    }
    return render(request, "desk/violation.html", context, status=UNPROCESSABLE if error else 200)
