"""The facts about keys and lists: trust lists that were published, keys that were lost, and issuing stopped."""

from django.db import models

from rukhsa.accounts.models import Person
from rukhsa.authorities.models import Authority


class PublishedTrustList(models.Model):
    """A trust list as the offline root signed it: nobody here could make it again."""

    version = models.PositiveBigIntegerField(unique=True)
    text = models.TextField()  # the JWS
    at = models.DateTimeField()


class KeyCompromise(models.Model):
    """The decision that a key is no longer its authority's alone; what it signed counts below a size of the log."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=10)
    kid = models.CharField(max_length=16)  # in hexadecimal
    since = models.DateTimeField()
    log_size = models.PositiveBigIntegerField()
    reason = models.TextField()
    operator = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        # A second decision about a key can only reach further back.
        constraints = [models.UniqueConstraint(fields=["kid", "purpose", "log_size"], name="one_mark_a_size")]


class IssuingStop(models.Model):
    """That nothing more is sealed or signed, from this moment until the stop is lifted."""

    reason = models.TextField()
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    operator = models.CharField(max_length=80)
    at = models.DateTimeField()


class IssuingStart(models.Model):
    """The end of a stop."""

    stop = models.OneToOneField(IssuingStop, models.PROTECT, related_name="start")
    reason = models.TextField()
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    operator = models.CharField(max_length=80)
    at = models.DateTimeField()
