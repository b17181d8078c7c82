"""The pages of the operator: what runs and what does not, the last night's work, the jobs and their retry."""

from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.scope import TERRITORY
from rukhsa.delivery.models import Notice
from rukhsa.issuance.issuing_stop import current_stop
from rukhsa.issuance.key_coverage import coverage
from rukhsa.operations import job, periodic_work
from rukhsa.operations.models import JobFailure, PlannedWork
from rukhsa.payments.gateways.registry import gateways
from rukhsa.payments.models import GatewayContact
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.sentences import sentence_of

A_LIST = 50
TASKS: dict[str, Promise] = {
    "journey.sweep": _("Looks for applications whose next step was lost or is overdue"),
    "journey.sweep_payments": _("Asks the gateways how payments ended"),
    "journey.remind": _("Reminds of documents that expire and deposits not claimed"),
    "journey.advance": _("Does the next due step of an application"),
    "review.look_back": _("Draws approvals to look at again and raises alarms about officers"),
    "issuance.publish_everything": _("Publishes status lists and logs"),
    "issuance.publish_status": _("Publishes one status list"),
    "issuance.issue_paper": _("Issues a receipt as a document"),
    "issuance.cosign": _("Asks the witnesses to sign the logs"),
    "verification.tell_agencies": _("Tells the systems of agencies what changed"),
    "issuance.stamp_files": _("Puts time stamps on documents"),
    "delivery.send_notice": _("Sends a message to an applicant"),
    "delivery.send_again": _("Sends a message to an applicant"),
    "figures.keep_up": _("Works out the figures"),
    "figures.publish_open_data": _("Publishes the open data"),
    "staff.send_letter": _("Sends an email to a member of staff"),
    "staff.forget": _("Deletes old sessions and counts of wrong passwords"),
    "delivery.resend": _("Sends messages again that could not be sent"),
    "service_status.publish": _("Publishes whether the service works"),
    "sweeps.clear": _("Deletes old counts of requests, and jobs that failed a month ago"),
    "audit.place": _("Gives older entries of the journal their authority"),
    "figures.send_weekly": _("Sends directors the figures of the week by email"),
    "digest.send": _("Sends staff their daily email"),
    "digest.tell_second_hands": _("Tells staff at once what waits for a second person"),
    "personal.make_export": _("Makes the file of a person's data"),
    "personal.erase": _("Erases personal data past its time limit"),
    "project.take_up_stalled": _("Starts again the jobs of processes that stopped"),
    "consents.ask_owner": _("Asks an owner for consent"),
    "consents.tell_checked": _("Tells that a document was checked"),
    "batches.submit_rows": _("Submits many applications"),
    "applications.ask_signatory": _("Asks another person to agree"),
    "applications.tell_signing": _("Tells whether a person agreed"),
}
FOUND: dict[str, Promise] = {
    "payments-settled": _p("found", "payments settled"),
    "applications-found": _p("found", "applications found"),
    "messages-queued": _p("found", "messages queued"),
    "grants-drawn": _p("found", "approvals drawn"),
    "officer-alarms": _p("found", "alarms about officers"),
    "ends-told": _p("found", "reminders of documents"),
    "deposits-told": _p("found", "reminders of deposits"),
}


@requires(Permission.READ_HEALTH)
@require_GET
@transaction.atomic
def show(request: PortalRequest) -> HttpResponse:
    """Everything that may need a person: keys, messages and gateways, and for operators the jobs and the periodic
    work too. About ten statements, whose number does not grow with the register."""
    actor, at = request.actor, timezone.now()
    is_operator = actor.holds_somewhere(Permission.OPERATE)
    keys = coverage(actor.authorities_where(Permission.READ_HEALTH), at=at)
    unsent = Notice.objects.on_which(actor, Permission.READ_HEALTH).failing()
    context: dict[str, object] = {
        "is_operator": is_operator,
        "stop": current_stop(),
        "keys_ending": sum(each.ends_soon for each in keys),
        "unsent": unsent.count(),
        "gateways": _gateways(),
    }
    if is_operator:
        context |= _work(at)
    record("see-running", actor.person, actor=actor, at=at)
    return render(request, "desk/running.html", context)


@requires(Permission.OPERATE)
@require_GET
def show_job(request: PortalRequest, pk: int) -> HttpResponse:
    """One failed or stuck job, and whether to retry it; never what it was given."""
    request.actor.require(Permission.OPERATE, at=TERRITORY)
    found = job.unfinished(pk)
    if found is None:
        raise Http404
    failure = JobFailure.objects.filter(job=pk).first()
    record("see-running", request.actor.person, actor=request.actor, at=timezone.now(), job=pk)
    context = {"job": found, "failure": failure, "does": TASKS.get(found.task_name, "")}
    return render(request, "desk/job.html", context)


@requires(Permission.OPERATE, fresh=True)
@require_POST
def retry_job(request: PortalRequest, pk: int) -> HttpResponse:
    """Queue a failed job again, once."""
    request.actor.require(Permission.OPERATE, at=TERRITORY)
    try:
        job.retry(pk, actor=request.actor, at=timezone.now())
    except job.NotFailed as refused:
        messages.warning(request, str(sentence_of(refused.code)))
    else:
        messages.success(request, _("The job is queued again."))
    return redirect("desk:running")


def _work(at: datetime) -> dict[str, object]:
    failed, stuck = list(job.failed()[: A_LIST + 1]), list(job.stuck(at=at)[: A_LIST + 1])
    why = {each.job: each for each in JobFailure.objects.filter(job__in=[each.pk for each in failed])}
    told = [
        (each, TASKS.get(each.task, ""), [(FOUND.get(name, name), n) for name, n in each.run.found.items()])
        if each.run
        else (each, TASKS.get(each.task, ""), [])
        for each in periodic_work.work(at=at)
    ]
    return {
        "failed": [(each, TASKS.get(each.task_name, ""), why.get(each.pk)) for each in failed[:A_LIST]],
        "stuck": [(each, TASKS.get(each.task_name, "")) for each in stuck[:A_LIST]],
        "has_more": len(failed) > A_LIST or len(stuck) > A_LIST,
        "work": told,
        "planned": PlannedWork.objects.announced(at=at).count(),
        "late": sum(each.is_late for each, _does, _found in told),
    }


def _gateways() -> list[dict[str, object]]:
    lines = {each.gateway: each for each in GatewayContact.objects.all()}
    return [{"name": one.name, "code": one.code, "line": lines.get(one.code)} for one in gateways()]
