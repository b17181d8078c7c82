"""Awaited documents: the granted applications that the sweep for lost work looks at, in place of all others."""

from django.db import models

from rukhsa.applications.models import Application


class AwaitedDocument(models.Model):
    """A granted application whose document was not issued yet, or whose applicant was not told of it.

    The database adds the row when an application becomes granted, in the same transaction, by a trigger: no verb can
    forget it. The sweep deletes it once the document is issued and told of.
    """

    application = models.OneToOneField(Application, models.PROTECT, primary_key=True, related_name="+")
    since = models.DateTimeField()
