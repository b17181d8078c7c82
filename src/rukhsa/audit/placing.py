"""Placing: entries of the journal that were written before they named an authority are given theirs, in batches."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from rukhsa.audit.entry_place import OF_NONE, Place, application_path, of_act
from rukhsa.audit.journal import JournalEntry
from rukhsa.authorities.models import Post
from rukhsa.authorities.scope import Scoped

A_BATCH: Final = 2_000

type Places = dict[tuple[str, str], Place]


def place_older(*, most: int = A_BATCH) -> int:
    """Place a batch of the entries that have no place yet, the newest first; how many. Safe to stop and to repeat."""
    with transaction.atomic():
        waiting = (
            JournalEntry.objects.filter(authority=None).order_by("-id").select_for_update(skip_locked=True)
        )
        entries = list(waiting[:most])
        places, posts = _of_subjects(entries), _posts_of(entries)
        for entry in entries:
            place = of_act(
                entry.act, places.get((entry.subject_kind, entry.subject)) or _otherwise(entry, posts)
            )
            entry.authority, entry.application = place.authority, place.application
        JournalEntry.objects.bulk_update(entries, ["authority", "application"], batch_size=500)
    return len(entries)


def _of_subjects(entries: Iterable[JournalEntry]) -> Places:
    """The places of subjects that belong to authorities, by kind and id: one statement a kind."""
    by_kind: dict[str, set[str]] = {}
    for entry in entries:
        by_kind.setdefault(entry.subject_kind, set()).add(entry.subject)
    found: Places = {}
    for kind, subjects in by_kind.items():
        model = _model(kind)
        if model is None:
            continue
        application = "pk" if kind == "applications.application" else "__".join(application_path(model))
        named = ("pk", model.authority_path, *([application] if application else []))
        for pk, authority, *case in model._default_manager.filter(pk__in=subjects).values_list(*named):
            one = UUID(str(case[0])) if case and case[0] else None
            if authority or one:
                found[kind, str(pk)] = Place(authority=authority or OF_NONE, application=one)
    return found


def _model(kind: str) -> type[Scoped] | None:
    try:
        model = apps.get_model(kind)
    except (LookupError, ValueError):
        return None
    fields = {field.name for field in model._meta.get_fields()}
    if not issubclass(model, Scoped) or model.authority_path.split("__")[0] not in fields:
        return None
    return model


def _posts_of(entries: Iterable[JournalEntry]) -> dict[UUID, list[Post]]:
    people = {entry.actor for entry in entries if entry.actor}
    held: dict[UUID, list[Post]] = {}
    for post in Post.objects.filter(person__in=people, authority__isnull=False).order_by("authority"):
        held.setdefault(post.person_id, []).append(post)
    return held


def _otherwise(entry: JournalEntry, posts: dict[UUID, list[Post]]) -> Place:
    """What the entry says itself, or the authority of the posts that who acted held on that day."""
    if named := entry.detail.get("authority"):
        return Place(authority=str(named))
    day = timezone.localdate(entry.at)
    held = posts.get(entry.actor, []) if entry.actor else []
    then = [each for each in held if each.starts_on <= day and (each.ends_on is None or each.ends_on >= day)]
    return Place(authority=str(then[0].authority_id) if then else OF_NONE)
