"""Secrets that change without a stop: a file that was written again is read before the next request or job."""

import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from rukhsa.project.config import Config, ConfigError, config, read
from rukhsa.telemetry.metrics import SECRETS

logger = logging.getLogger(__name__)
EVERY: Final = 5.0  # seconds between two looks at the files
type Stamp = tuple[tuple[int, ...], ...]


class Rotation:
    """Looks whether a file of a secret was written again, and puts what it holds in force."""

    def __init__(self, files: Iterable[Path], variables: Mapping[str, str], *, every: float = EVERY) -> None:
        self._files = tuple(files)
        self._variables = variables
        self._every = every
        self._looked_at = time.monotonic()
        self._seen = _stamp(self._files)

    def take_changed(self) -> None:
        """Read every setting again if a file changed; one that cannot be used is logged, and the old ones stay."""
        if not self._files or time.monotonic() - self._looked_at < self._every:
            return
        self._looked_at = time.monotonic()
        found = _stamp(self._files)
        if found == self._seen:
            return
        self._seen = found
        try:
            put_in_force(read(self._variables))
        except ConfigError as refused:
            SECRETS.labels("refused").inc()
            logger.error("a changed secret is not taken: %s", refused)
        else:
            SECRETS.labels("taken").inc()
            logger.warning("a changed secret is in force")


class TakeSecrets:
    """Middleware: before each request, take the secrets that changed."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        take_changed()
        return self.respond(request)


def take_changed() -> None:
    """Take the secrets of this process that changed: before each request and each job."""
    if not _OF_THIS_PROCESS:
        _OF_THIS_PROCESS.append(Rotation(config().secret_files, os.environ))
    _OF_THIS_PROCESS[0].take_changed()


def put_in_force(fresh: Config) -> None:
    """Let Django, allauth and the gateways use the secrets of `fresh`, and leave every other setting."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = fresh.secret_key, list(fresh.secret_key_fallbacks)
    for code, account in (("national", fresh.national), ("sadad", fresh.sadad), ("cards", fresh.cards)):
        settings.PAYMENT_GATEWAYS[code].update(asdict(account))
    mailers: dict[str, Any] = settings.MAILERS
    mailers["default"]["OPTIONS"]["password"] = fresh.mail.password
    providers: dict[str, Any] = settings.SOCIALACCOUNT_PROVIDERS
    for app in providers["openid_connect"]["APPS"]:
        app["secret"] = fresh.ekey.client_secret
    taken = {name: getattr(fresh, name) for name in ("secret_key", "secret_key_fallbacks", *_ACCOUNTS)}
    settings.CONFIG = replace(settings.CONFIG, **taken)


_ACCOUNTS: Final = ("national", "sadad", "cards", "mail", "ekey")
_OF_THIS_PROCESS: Final[list[Rotation]] = []


def _stamp(files: Iterable[Path]) -> Stamp:
    """What tells one writing of the files from the next; a file that is gone is told too."""
    return tuple(_of_one(file) for file in files)


def _of_one(file: Path) -> tuple[int, ...]:
    try:
        found = file.stat()  # of the file itself: a secret of Kubernetes is a link that is moved
    except OSError:
        return ()
    return (found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode)
