"""The fees of a service by a form: other amounts from a day on, proposed for another person as any new text is."""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError, require_reason
from rukhsa.catalogue.charges import ChargeRow, ChargeRule
from rukhsa.catalogue.definition import read_definition_text
from rukhsa.catalogue.fee_change import AmountWritten, amounts_in, with_amounts
from rukhsa.catalogue.models import ServiceProposal, ServiceVersion
from rukhsa.catalogue.problems import CatalogueError, DefinitionRefused
from rukhsa.catalogue.service_proposal import propose
from rukhsa.catalogue.source import Source, loads
from rukhsa.difference.description import descriptions
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.desk.catalogue import explained, text_of, told_in
from rukhsa.web.sentences import sentence_of
from rukhsa.web.templatetags.texts import text

_WORDS: dict[str, Promise] = {
    "amount": gettext_lazy("Amount"),
    "at-least": gettext_lazy("At least"),
    "at-most": gettext_lazy("At most"),
    "rate": gettext_lazy("Per cent"),
    "to": gettext_lazy("Least sum"),
}
_UNITS: dict[str, Promise] = {
    "metre_of": gettext_lazy("for each metre"),
    "square_metre_of": gettext_lazy("for each square metre"),
    "day_of": gettext_lazy("for each day"),
    "month_of": gettext_lazy("for each month"),
    "year_of": gettext_lazy("for each year"),
    "month_since": gettext_lazy("for each started month of delay"),
    "each_of": gettext_lazy("each"),
}


@dataclass(frozen=True, kw_only=True)
class AmountShown:
    """A field of the form: what it is about, as it is written in the text, and as it was typed."""

    key: str
    about: str
    written: str
    typed: str


@dataclass(frozen=True, kw_only=True)
class ChargeShown:
    """A charge that holds now or later, with its amounts."""

    name: Text
    from_: date
    until: date | None
    lines: list[AmountShown]


@requires(Permission.PROPOSE_SERVICE)
@require_http_methods(["GET", "POST"])
def change(request: PortalRequest, service: str) -> HttpResponse:
    """The amounts of a published service; posting proposes others from a day on."""
    published = ServiceVersion.objects.newest(service)
    source = loads(text_of(service, published), file=f"{service}.yaml")
    definition = (
        published.definition if published else read_definition_text(source.text, file=source.file).value
    )
    error: Promise | str | None = None
    problems: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            made = _propose(request, source)
        except DefinitionRefused as refused:
            error = _("These amounts cannot be published yet.")
            problems = [told_in(each, request.LANGUAGE_CODE) for each in refused.problems]
        except AgreementError as refused:
            error = sentence_of(refused.code)
        except CatalogueError as refused:
            error = explained(refused)
        else:
            messages.success(request, _("Waiting for another person to approve."))
            return redirect("desk:service-proposal", made.pk)
    today = timezone.localdate()
    context = {
        "service": service,
        "name": definition.name,
        "charges": _charges(request, source, definition.charges, today),
        "since": request.POST.get("since", ""),
        "reason": request.POST.get("reason", ""),
        "today": today,
        "error": error,
        "problems": problems,
    }
    return render(request, "desk/fees_of_service.html", context, status=UNPROCESSABLE if error else 200)


def _propose(request: PortalRequest, source: Source) -> ServiceProposal:
    """Propose the typed amounts; the difference is told as on their first day. The new text is in effect from today,
    so that the day on which a charge falls due decides its amount."""
    today = timezone.localdate()
    try:
        since = max(date.fromisoformat(request.POST.get("since", "")), today)
    except ValueError:
        since = today
    reason = require_reason(request.POST.get("reason", "").replace("\x00", ""))
    new = with_amounts(source, {key: str(value) for key, value in request.POST.items()}, since=since)
    on_that_day = timezone.make_aware(datetime.combine(since, time(hour=12)))
    tell = partial(descriptions, at=on_that_day)
    return propose(new, effective_on=today, tell=tell, reason=reason, actor=request.actor, at=timezone.now())


def _charges(
    request: PortalRequest, source: Source, rules: tuple[ChargeRule, ...], today: date
) -> list[ChargeShown]:
    shown = [
        ChargeShown(
            name=rule.name,
            from_=rule.from_,
            until=rule.until,
            lines=[
                AmountShown(
                    key=each.key,
                    about=_about(each, rule),
                    written=each.written,
                    typed=request.POST.get(each.key, each.written),
                )
                for each in amounts_in(source, number)
            ],
        )
        for number, rule in enumerate(rules)
        if rule.until is None or rule.until >= today
    ]
    return [each for each in shown if each.lines]


def _about(amount: AmountWritten, rule: ChargeRule) -> str:
    """For whom the amount is, up to where, and for each of what."""
    row = rule.rows[int(amount.path[3])]
    about = [text(row.phrase)] if row.phrase else []
    about.append(str(_WORDS.get(amount.word, amount.word)))
    if amount.word == "amount":
        about += _counted(amount, row)
    return " · ".join(about)


def _counted(amount: AmountWritten, row: ChargeRow) -> list[str]:
    if row.bands:
        step = row.bands.steps[int(amount.path[6])]
        upto = [_("up to %(value)s") % {"value": step.to}] if step.to is not None else []
        return [*upto, *([str(_UNITS[step.per.measure])] if step.per else [])]
    return [str(_UNITS[row.per.measure])] if row.per else []
