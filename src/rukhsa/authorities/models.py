"""Issuing authorities, their offices, the agencies, and the posts that people hold in them."""

from datetime import date

from django.db import models
from django.db.models import Q

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.authorities import scope
from rukhsa.authorities.scope import Scope, ScopedQuerySet
from rukhsa.values.names import Text


class Authority(models.Model):
    """The legal person in whose name an instrument is issued."""

    code = models.CharField(max_length=4, primary_key=True)
    # A small number that stands for the authority in exclusion constraints, which know no text.
    ordinal = models.PositiveSmallIntegerField(unique=True)

    authority_path = "code"
    objects = ScopedQuerySet["Authority"].as_manager()

    def __str__(self) -> str:
        return self.code

    @property
    def scope(self) -> Scope:
        """The authority as the scope in which a permission is held."""
        return scope.authority(self.code)

    def name(self, *, on: date) -> Text:
        """The authority's name as it was on a date."""
        name = self.names.filter(valid_from__lte=on).order_by("-valid_from").first()
        return Text(ar=name.ar, en=name.en) if name else Text(ar=self.code, en=self.code)


class AuthorityName(models.Model):
    """The name of an authority from a date on."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="names")
    ar = models.CharField(max_length=120, blank=True)
    en = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "valid_from"], name="one_name_at_a_time")]


class Office(models.Model):
    """A unit of an authority."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="offices")
    code = models.SlugField(max_length=40)
    name_ar = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "code"], name="office_code_once")]

    @property
    def name(self) -> Text:
        """The office's name in both languages."""
        return Text(ar=self.name_ar, en=self.name_en)


class Agency(models.Model):
    """A body that is asked for opinions and relies on instruments, such as EWA."""

    code = models.SlugField(max_length=40, primary_key=True)
    name_ar = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return self.code

    @property
    def scope(self) -> Scope:
        """The agency as the scope in which a permission is held."""
        return scope.agency(self.code)

    @property
    def name(self) -> Text:
        """The agency's name in both languages."""
        return Text(ar=self.name_ar, en=self.name_en)


class PostQuerySet(models.QuerySet["Post"]):
    """Which posts are held."""

    def in_force(self, *, on: date) -> "PostQuerySet":
        """Those held on a day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)


class Post(models.Model):
    """That a person acts for an authority or an agency, in a role, during a period.

    A post in an office examines and decides what comes to that office; one in no office, what comes to any.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, blank=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    # The committee of the authority, by its id in the territory; only of members of one.
    committee = models.SlugField(max_length=60, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(authority=None) ^ Q(agency=None), name="post_in_an_authority_or_an_agency"
            ),
            models.CheckConstraint(
                condition=(Q(role=Role.COMMITTEE_MEMBER) & ~Q(committee="") & Q(agency=None))
                | (~Q(role=Role.COMMITTEE_MEMBER) & Q(committee="")),
                name="a_member_sits_in_a_committee",
            ),
        ]

    @property
    def scope(self) -> Scope:
        """Where the post lets a person act: a member of a committee in the committee alone."""
        if self.agency_id:
            return scope.agency(self.agency_id)
        if self.committee:
            return scope.committee(self.authority_id or "", self.committee)
        return scope.authority(self.authority_id)
