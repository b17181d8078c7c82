"""Endpoints for payment gateways: their notices, and the browsers that they send back."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from rukhsa.accounts.client import client_address
from rukhsa.payments.gateway_notice import LARGEST, receive_notification, receive_return
from rukhsa.payments.gateways.registry import gateway
from rukhsa.web.access import public
from rukhsa.web.intake import takes_bytes


@takes_bytes
@public
@csrf_exempt
@require_POST
def notified(request: HttpRequest, code: str) -> HttpResponse:
    """Accept a gateway's notice; the response is the text that the gateway expects."""
    # A notice is not believed: the job that it queues asks the gateway.
    text = receive_notification(
        gateway(code),
        request.read(LARGEST + 1),
        request.headers,
        timezone.now(),
        sender=client_address(request),
    )
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@takes_bytes
@public
@csrf_exempt
@require_http_methods(["GET", "POST"])
def returned(request: HttpRequest, code: str, application: UUID) -> HttpResponse:
    """The browser came back: a reason to ask the gateway, never proof of payment."""
    params = {**request.GET.dict(), **request.POST.dict()}
    receive_return(gateway(code), params, timezone.now())
    return redirect("portal:checking", application)


@takes_bytes
@public
@csrf_exempt
@require_http_methods(["GET", "POST"])
def returned_by_link(request: HttpRequest, code: str, link: UUID) -> HttpResponse:
    """The browser of a person who paid by a link came back; no proof of payment either."""
    params = {**request.GET.dict(), **request.POST.dict()}
    receive_return(gateway(code), params, timezone.now())
    return redirect("portal:paid-by-link", link)
