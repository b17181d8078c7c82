"""The page of planned work on the service: what people are told, announcing more, and withdrawing it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.scope import TERRITORY
from rukhsa.operations.models import PlannedWork
from rukhsa.operations.planned_work import NotAPlan, announce, withdraw
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.desk.inputs import dress
from rukhsa.web.sentences import sentence_of
from rukhsa.web.service_words import NAMES


class WorkForm(forms.Form):
    """What does not work, from when until when, and why, in both languages."""

    starts_at = forms.DateTimeField(label=_("From"))
    ends_at = forms.DateTimeField(label=_("Until"))
    parts = forms.MultipleChoiceField(
        label=_("Does not work meanwhile"), choices=NAMES.items(), widget=forms.CheckboxSelectMultiple
    )
    ar = forms.CharField(label=_("What people are told, in Arabic"), max_length=200)
    en = forms.CharField(label=_("What people are told, in English"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


@requires(Permission.OPERATE, fresh=True)
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest) -> HttpResponse:
    """The work that is announced, and the form that announces more."""
    form, at = WorkForm(request.POST or None), timezone.now()
    error: Promise | None = None
    if request.method == "POST" and form.is_valid():
        try:
            announce(PlannedWork(**form.cleaned_data), actor=request.actor, at=at)
        except NotAPlan as refused:
            error = sentence_of(refused.code)
        else:
            messages.success(request, _("Announced. The page of the service shows it within a minute."))
            return redirect("desk:planned-work")
    record("see-running", request.actor.person, actor=request.actor, at=at)
    found = [
        (each, [NAMES[part] for part in NAMES if part in each.parts])
        for each in PlannedWork.objects.announced(at=at)
    ]
    context = {"works": found, "form": form, "error": error}
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "desk/planned_work.html", context, status=status)


@requires(Permission.OPERATE, fresh=True)
@require_POST
def withdraw_work(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Tell people no longer of it."""
    request.actor.require(Permission.OPERATE, at=TERRITORY)
    withdraw(pk, actor=request.actor, at=timezone.now())
    messages.success(request, _("It is no longer announced."))
    return redirect("desk:planned-work")
