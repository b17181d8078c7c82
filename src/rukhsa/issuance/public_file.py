"""The kinds of public files: what each is, and for how long browsers and caches between may keep it.

docs/formats/public-files.md is the table of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

DAY: Final = 86_400  # seconds
FOREVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of files: the form of their names, their media type, and their `Cache-Control`."""

    form: re.Pattern[str]
    media_type: str
    caching: str

    @property
    def never_changes(self) -> bool:
        """Whether a file of this kind is written once."""
        return self.caching == FOREVER


def kept(*, browsers: int, between: int, in_trouble: int) -> str:
    """`Cache-Control` in seconds: in browsers, in caches between, and there while the site does not answer."""
    return f"public, max-age={browsers}, s-maxage={between}, stale-if-error={in_trouble}"


# A list or a checkpoint that is old says so itself, and a verifier looks at that: so a cache may give one while the
# site is away, and the verdict is still right. RFC 9111 §5.2.2.10, RFC 5861 §4.
_LIST: Final = kept(browsers=60, between=30, in_trouble=DAY)
_CHECKPOINT: Final = kept(browsers=0, between=5, in_trouble=DAY)
_TRUST_LIST: Final = kept(browsers=300, between=60, in_trouble=7 * DAY)
_OPEN_DATA: Final = kept(browsers=3600, between=3600, in_trouble=7 * DAY)
PAGE: Final = kept(browsers=60, between=60, in_trouble=7 * DAY)
_TEXT: Final = "text/plain; charset=utf-8"

KINDS: Final = tuple(
    Kind(form=re.compile(form), media_type=media_type, caching=caching)
    for form, media_type, caching in (
        (r"trust-list\.jws", "application/jose", _TRUST_LIST),
        (r"root\.jwk", "application/jwk+json", _TRUST_LIST),
        (r"release\.json", "application/json", _TRUST_LIST),
        (r"release\.proof", _TEXT, _TRUST_LIST),
        (r"status/.+\.jwt", "application/statuslist+jwt", _LIST),
        (r"status/.+", "application/statuslist+cwt", _LIST),
        (r"service\.json", "application/json", _LIST),
        (r"open-data/datapackage\.json", "application/json", _OPEN_DATA),
        (r"open-data/datapackage\.proof", _TEXT, _OPEN_DATA),
        (r"open-data/[0-9]{4}-[0-9]{2}\.csv", "text/csv; charset=utf-8", _OPEN_DATA),
        (r"log/.+/checkpoint(\.witnessed)?", _TEXT, _CHECKPOINT),
        (r"log/.+/tile/.+\.p/[0-9]+", "application/octet-stream", "public, max-age=3600"),
        (r"log/.+/tile/.+", "application/octet-stream", FOREVER),
    )
)
_NAME: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*", re.ASCII)


def kind_of(name: str) -> Kind | None:
    """The kind of the public file with a name; None where no public file has such a name."""
    if not _NAME.fullmatch(name):
        return None
    return next((kind for kind in KINDS if kind.form.fullmatch(name)), None)


def stored_with(name: str) -> Mapping[str, str]:
    """What an object is stored with in a bucket, so that it is served with it."""
    kind = kind_of(name)
    return {"ContentType": kind.media_type, "CacheControl": kind.caching} if kind else {}
