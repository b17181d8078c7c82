"""What is true of an application and its document, asked as a stranger or an auditor would."""

import json
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Sum
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa.applications.models import Application
from rukhsa.delivery.models import Notice
from rukhsa.issuance import site, time_stamp
from rukhsa.issuance.log import seal_bytes_of
from rukhsa.issuance.models import Instrument
from rukhsa.payments.models import ChargeLine, Entry
from rukhsa.trust import trustlist
from rukhsa.trust.sources import FolderSource
from rukhsa.trust.verdict import Verdict
from rukhsa.trust.verifier import Verifier


def verdict_on(instrument: Instrument, *, at: datetime) -> Verdict:
    """What anyone reads from the file, with the public folder alone."""
    return anyone().verify_pdf(time_stamp.handed_out(instrument), at=at)


def verdict_on_seal(instrument: Instrument, *, at: datetime) -> Verdict:
    """The same from the seal in the QR."""
    return anyone().verify_seal(seal_bytes_of(instrument.intent) or b"", at=at)


def anyone() -> Verifier:
    """A stranger, who has the root's key and fetches the rest."""
    folder = Path(settings.RUKHSA_PUBLIC)
    root = json.loads((folder / site.ROOT_KEY).read_text())
    trust_list = trustlist.read((folder / site.TRUST_LIST).read_text(), root)
    source = FolderSource(folder=folder, stands_for=f"https://{trust_list.verifiers[0]}/")
    return Verifier(trust_list=trust_list, status=source, log=source)


def notices(application: Application) -> list[str]:
    """What the applicant was told, as "event/channel", in order; numbers of events are left out."""
    told = Notice.objects.filter(application=application).order_by("created_at", "event", "channel")
    return [f"{one.event.partition(':')[0]}/{one.channel}" for one in told]


def account(application: Application, account: str) -> int:
    """What stands on an account of the deposits of an application, in fils; what we owe is above zero."""
    entries = Entry.objects.filter(line__charge__application=application, account=account)
    return -(entries.aggregate(sum=Sum("amount"))["sum"] or 0)


def deposit_of(application: Application) -> int:
    """The deposit that was claimed, in fils."""
    return ChargeLine.objects.get(
        charge__application=application, charge__receipt__isnull=False, kind="deposit"
    ).amount


def work() -> list[str]:
    """Run what is queued, each task once, as a worker would; the names of the tasks that ran."""
    ran = []
    for name, arguments in _queued():
        app.tasks[name](**arguments)
        ran.append(name)
    return ran


def queued() -> list[str]:
    """The names of the tasks that wait."""
    return [name for name, _ in _jobs()]


def _queued() -> list[tuple[str, dict[str, str]]]:
    jobs = _jobs()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    return jobs


def _jobs() -> list[tuple[str, dict[str, str]]]:
    rows = ProcrastinateJob.objects.filter(status="todo").order_by("id")
    return list(rows.values_list("task_name", "args"))
