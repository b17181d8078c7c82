"""Blocks, and the register of addresses."""

from django.db import models

from rukhsa.authorities.models import Authority


class Block(models.Model):
    """A numbered block of the territory and the authority that it belongs to."""

    number = models.PositiveIntegerField(primary_key=True)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    area_ar = models.CharField(max_length=80, blank=True)
    area_en = models.CharField(max_length=80, blank=True)
