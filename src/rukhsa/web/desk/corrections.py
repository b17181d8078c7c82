"""The pages on which a slip in an issued document is put right: what is wrong, what changes, and both people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.catalogue.models import Reason
from rukhsa.catalogue.reason import Use
from rukhsa.errors import RukhsaError
from rukhsa.issuance.amendment import Amended
from rukhsa.issuance.correction import (
    WrongAnswers,
    answers_of,
    approve_correction,
    compared,
    correctable,
    propose_correction,
    refuse_correction,
    waiting_correction,
)
from rukhsa.issuance.intent import Intent
from rukhsa.issuance.models import CorrectionProposal, Instrument
from rukhsa.trust.errors import TrustError
from rukhsa.values.names import Text
from rukhsa.values.writing import date_in_words
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk import instruments
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.desk.grant_preview import rows_shown
from rukhsa.web.desk.instruments import REFUSALS
from rukhsa.web.fields import Field, field_of, typed_in
from rukhsa.web.templatetags.texts import text


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the document, as it stands and as it would be; empty where there is none."""

    label: Promise | str
    before: str
    after: str


@requires(Permission.SUSPEND, fresh=True)
@require_http_methods(["GET", "POST"])
def correct(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Say what is wrong, compare what the document would say, and propose it."""
    instrument = instruments.reached(request.actor, pk, Permission.SUSPEND)
    if not instrument.intent.application and not instrument.intent.supersedes_id:
        raise Http404
    if request.method == "GET":
        return _form(request, instrument, answers_of(instrument))
    typed = typed_in(request.POST, tuple(correctable(instrument)))
    note, codes = request.POST.get("reason", "").replace("\x00", "").strip(), request.POST.getlist("coded")
    said: dict[str, Any] = {"reason": note, "coded": codes}
    if "change" in request.POST:
        return _form(request, instrument, typed, **said)
    if not note and not codes:
        error = _("Enter the reason. The holder can read it.")
        return _form(request, instrument, typed, error=error, **said)
    at = timezone.now()
    try:
        coded = Reason.objects.chosen(codes, Use.CORRECTION, instrument.intent.service_version.service)
        if "confirmed" not in request.POST:
            shown = lines_of(compared(instrument, typed, at=at))
            context = {"instrument": instrument, "lines": shown, "chosen": coded, "posted": _posted(request)}
            return render(request, "desk/correction_compared.html", context | said)
        propose_correction(instrument, typed, note, coded=coded, actor=request.actor, at=at)
    except REFUSALS as error:
        return _form(request, instrument, typed, refused=error, **said)
    messages.success(request, _("Proposed. The document stays as it is until a supervisor approves."))
    return redirect("desk:instrument", pk=pk)


@requires(Permission.SUSPEND, fresh=True)
@require_POST
def act_on_correction(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Approve or refuse the proposal to correct; its proposer withdraws it by refusing."""
    reached = CorrectionProposal.objects.on_which(request.actor, Permission.SUSPEND)
    proposal = reached.select_related("instrument").get(pk=pk)
    acts = instruments.second_hand(proposal, approve_correction, refuse_correction)
    approved = _("Approved. The new version is being issued, and the holder is told.")
    done = {"approve": approved, "refuse": _("It was refused.")}
    return instruments.carry_out(request, proposal.instrument_id, verb, acts, done)


def proposed_lines(proposal: CorrectionProposal) -> list[Line]:
    """What would change by a proposal; nothing where that can no longer be worked out."""
    try:
        return lines_of(compared(proposal.instrument, proposal.answers, at=timezone.now()))
    except REFUSALS:
        return []


def lines_of(amended: Amended) -> list[Line]:
    """The lines of the document that change, in its order."""
    before, after = _said(amended.before), _said(amended.after)
    labels = list(dict.fromkeys([*before, *after]))
    found = [Line(label=label, before=before.get(label, ""), after=after.get(label, "")) for label in labels]
    return [line for line in found if line.before != line.after]


def _said(intent: Intent) -> dict[str, str]:
    language = get_language() or "ar"
    said = {text(row.label): text(row.value) for row in rows_shown(intent)}
    if intent.valid_from:
        said[str(_("From"))] = date_in_words(intent.valid_from, language)
    if intent.valid_until:
        said[str(_("Until"))] = date_in_words(intent.valid_until, language)
    conditions = [text(Text(**each)) for each in intent.printed.get("conditions", ())]
    return said | ({str(_("Conditions")): "\n".join(conditions)} if conditions else {})


def _posted(request: PortalRequest) -> list[tuple[str, str]]:
    """What was typed, for the hidden fields of the confirmation."""
    left_out = {"csrfmiddlewaretoken", "reason", "coded", "confirmed"}
    return [(key, each) for key, many in request.POST.lists() if key not in left_out for each in many]


def _form(
    request: PortalRequest,
    instrument: Instrument,
    typed: Mapping[str, Any],
    *,
    refused: RukhsaError | TrustError | None = None,
    error: Promise | str | None = None,
    **said: Any,
) -> HttpResponse:
    wrong = {each.about: each for each in refused.problems} if isinstance(refused, WrongAnswers) else {}
    stands = answers_of(instrument)
    fields: list[Field] = [
        field_of(question, typed.get(question.id, stands.get(question.id)), wrong.get(question.id))
        for question in correctable(instrument)
    ]
    told = instruments.sentence(refused) if refused else error
    context = {
        "instrument": instrument,
        "fields": fields,
        "error": told,
        "waiting": waiting_correction(instrument),
        "service": instrument.intent.service_version.service,
        **said,
    }
    status = UNPROCESSABLE if told else 200
    return render(request, "desk/correction_form.html", context, status=status)
