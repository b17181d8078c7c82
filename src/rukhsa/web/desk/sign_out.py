"""The page on which a security officer signs an applicant out everywhere, such as after a lost phone."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.personal.lost_device import NoSuchApplicant, Why, sign_out_applicant
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.sentences import sentence_for


class SignOutForm(forms.Form):
    """Whose sessions end, and why."""

    number = forms.CharField(
        label=_("Personal number"),
        max_length=20,
        widget=forms.TextInput(
            {"class": "ds-input", "dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}
        ),
    )
    why = forms.ChoiceField(
        label=_("Reason"), choices=[("", ""), *Why.choices], widget=forms.Select({"class": "ds-input"})
    )


@requires(Permission.END_SESSIONS, fresh=True)
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest) -> HttpResponse:
    """Ask for the personal number, which stands in no address, and the reason; end the sessions."""
    form = SignOutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said, at = form.cleaned_data, timezone.now()
        try:
            ended = sign_out_applicant(said["number"], Why(said["why"]), actor=request.actor, at=at)
        except NoSuchApplicant as refused:
            form.add_error("number", str(sentence_for(refused)))
        else:
            done = ngettext(
                "%(count)s session was ended. The person is told by message.",
                "%(count)s sessions were ended. The person is told by message.",
                ended,
            )
            messages.success(request, done % {"count": ended})
            return redirect("desk:sign-out-applicant")
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "desk/sign_out.html", {"form": form}, status=status)
