"""The pages on which a slip in an issued document is put right: what is wrong and what changes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.catalogue.models import Reason
from rukhsa.catalogue.reason import Use
from rukhsa.errors import RukhsaError
from rukhsa.issuance.correction import (
    WrongAnswers,
    answers_of,
    compared,
    correctable,
    propose_correction,
    waiting_correction,
)
from rukhsa.issuance.instrument import application_behind
from rukhsa.issuance.models import Instrument
from rukhsa.trust.errors import TrustError
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.desk.correction_lines import lines_of
from rukhsa.web.desk.instrument_refusals import REFUSALS, sentence
from rukhsa.web.desk.instruments import reached
from rukhsa.web.fields import Field, field_of, typed_in


@requires(Permission.SUSPEND, fresh=True)
@require_http_methods(["GET", "POST"])
def correct(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Say what is wrong, compare what the document would say, and propose it."""
    instrument = reached(request.actor, pk, Permission.SUSPEND)
    if application_behind(instrument) is None:
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
    told = sentence(refused) if refused else error
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
