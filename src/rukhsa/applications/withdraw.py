"""Takes an application back."""

from datetime import datetime

from django.db import transaction

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import limits
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Act, Stage
from rukhsa.applications.submit import take
from rukhsa.authorities.actor import Actor
from rukhsa.jobs import advance_soon


@transaction.atomic
def withdraw(application: Application, *, actor: Actor, at: datetime) -> Application:
    """End the application before it has its document; withdrawing twice changes nothing. Raise `NotPossible`.

    Of what is granted `applying.withdraw` asks first whether money is under way.
    """
    actor.require(Permission.APPLY, at=application.owner)
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if application.stage != Stage.WITHDRAWN:
        take(application, Act.WITHDRAW, actor=actor, at=at)
        limits.give_back(application)
        advance_soon(application.pk)
    return application
