"""The pages of a sitting's minutes: drawn by the secretary, signed or sent back by the chair, and printed."""

from dataclasses import asdict
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import NotPermitted
from rukhsa.review.errors import ReviewError
from rukhsa.review.sitting import NotPresent, Sitting
from rukhsa.review.sitting_minutes import SittingMinutes, draw_minutes, send_back, sign_minutes
from rukhsa.web.access import PortalRequest, requires, signed_in
from rukhsa.web.desk.matters import CHOICES
from rukhsa.web.desk.papers_of_sitting import answer_pdf
from rukhsa.web.printout import Part, Row, composed, digest_in_groups
from rukhsa.web.sentences import sentence_for, sentence_of
from rukhsa.web.templatetags.texts import day, moment

PRINTED = "ar"  # minutes are printed in Arabic, whatever the language of the page


@requires(Permission.CONVENE)
@require_POST
def draw(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Draw the minutes, signed by the secretary."""
    sitting = Sitting.objects.on_which(request.actor, Permission.CONVENE).get(pk=pk)
    correction = request.POST.get("correction", "").replace("\x00", "")
    try:
        chair = _chair(sitting, request.POST.get("chair", ""))
        draw_minutes(sitting, chair, correction, actor=request.actor, at=timezone.now())
    except (ReviewError, AgreementError) as error:
        messages.error(request, str(sentence_for(error)))
        return redirect("desk:sitting", pk)
    messages.success(request, _("The minutes are drawn and signed by you. The chair signs next."))
    return redirect("desk:sitting", pk)


@requires(Permission.VOTE)
@require_POST
def act(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Sign the minutes as the chair, or send them back with a reason."""
    minutes, at = _reached(request, pk), timezone.now()
    try:
        if verb == "sign":
            sign_minutes(minutes, actor=request.actor, at=at)
        elif verb == "send-back":
            reason = request.POST.get("reason", "").replace("\x00", "")
            send_back(minutes, reason, actor=request.actor, at=at)
        else:
            raise Http404
    except AgreementError as error:
        messages.error(request, str(sentence_of(error.code)))
    else:
        messages.success(
            request, _("You signed the minutes.") if verb == "sign" else _("The minutes were sent back.")
        )
    return redirect("desk:matters")


@signed_in
@require_GET
def download(request: PortalRequest, pk: UUID) -> FileResponse:
    """The minutes as a PDF in Arabic; it says who signed them and what they signed."""
    if not any(map(request.actor.holds_somewhere, (Permission.CONVENE, Permission.VOTE))):
        raise NotPermitted
    minutes, at = _reached(request, pk), timezone.now()
    record("see-signed-minutes", minutes, actor=request.actor, at=at)
    with translation.override(PRINTED):
        file = composed(_content(minutes))
    return answer_pdf(BytesIO(file), f"minutes-{minutes.version}.pdf")


def _reached(request: PortalRequest, pk: UUID) -> SittingMinutes:
    mine = Q(sitting__authority__in=request.actor.authorities_where(Permission.CONVENE))
    for authority, committee in request.actor.committees_where(Permission.VOTE):
        mine |= Q(sitting__authority=authority, sitting__committee=committee)
    found = SittingMinutes.objects.filter(mine)
    return found.select_related("sitting", "proposed_by", "decided_by", "chair").get(pk=pk)


def _chair(sitting: Sitting, typed: str) -> Person:
    try:
        return Person.objects.get(pk=UUID(typed), pk__in=sitting.attendances.values("member"))
    except (ValueError, Person.DoesNotExist):
        raise NotPresent from None


def _content(minutes: SittingMinutes) -> dict[str, Any]:
    said = minutes.content
    signed = _("Signed by secretary and chair. What is signed: %(digest)s") % {
        "digest": digest_in_groups(minutes.digest)
    }
    parts = [
        Part(title=_("The sitting"), heads=_heads(), rows=_sitting(said)),
        *map(_matter, said["matters"]),
    ]
    parts.append(Part(title=_("Signatures"), heads=_heads(), rows=_signatures(minutes)))
    return {
        "language": PRINTED,
        "title": said["committee"][PRINTED],
        "name": _("Minutes of the sitting"),
        "number": "",
        "authority": said["authority"][PRINTED],
        "notice": signed if minutes.is_signed else _("Not signed by the chair yet."),
        "printed": _("Version %(number)s") % {"number": minutes.version},
        "page": pgettext("printout", "Page"),
        "parts": [asdict(part) for part in parts],
    }


def _sitting(said: dict[str, Any]) -> list[Row]:
    present = "، ".join(each[PRINTED] for each in said["present"])
    return [
        Row(name=_("Day of the sitting"), value=str(day(date.fromisoformat(said["held_on"])))),
        Row(name=_("Members present"), value=present),
        Row(name=_("Quorum"), value=str(said["quorum"])),
        Row(name=_("Chair of the sitting"), value=said["chair"][PRINTED]),
    ]


def _matter(said: dict[str, Any]) -> Part:
    choices = {choice.value: str(label) for choice, label in CHOICES}
    rows = [
        Row(name=each["member"][PRINTED], value=choices[each["choice"]], small=each["reason"])
        for each in said["votes"]
    ]
    outcomes = {"granted": _("Approved"), "refused": _("Refused")}
    rows.append(Row(name=_("Decision"), value=outcomes.get(said["outcome"], "–"), small=said["reasons"]))
    rows += [Row(name=_("Minutes"), value=said["text"])] if said["text"] else []
    rows += [Row(name=_("Minutes as a file"), value=digest_in_groups(said["file"]))] if said["file"] else []
    return Part(
        title=f"{said['service'][PRINTED]} \u2066{said['reference']}\u2069", heads=_heads(), rows=rows
    )


def _signatures(minutes: SittingMinutes) -> list[Row]:
    rows = [Row(name=_("Secretary"), value=minutes.proposed_by.name.ar, small=moment(minutes.proposed_at))]
    if minutes.is_signed and minutes.decided_by and minutes.decided_at:
        rows.append(Row(name=_("Chair"), value=minutes.decided_by.name.ar, small=moment(minutes.decided_at)))
    if minutes.correction:
        rows.append(Row(name=_("What this version corrects"), value=minutes.correction))
    return rows


def _heads() -> tuple[str, str]:
    return pgettext("printout", "About"), pgettext("printout", "Details")
