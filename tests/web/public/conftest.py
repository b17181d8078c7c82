"""The verifier's process in the tests: its own addresses and settings, over known public files."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from zoneinfo import ZoneInfo

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.urls import clear_url_caches
from pytest_django import Settings

from rukhsa.issuance.signature import beside
from rukhsa.project import settings_public
from rukhsa.trust import coverage, profiles, seal, specimen, statuslist, tlog
from rukhsa.trust.seal import Claims
from rukhsa.trust.trustlist import TrustList
from tests.trust import files, world
from tests.trust.vectors import extents

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "src/rukhsa/web/public/static/public"
_ITS_OWN = (
    "ROOT_URLCONF",
    "MIDDLEWARE",
    "TEMPLATES",
    "SECURE_CSP",
    "X_FRAME_OPTIONS",
    "SECURE_REFERRER_POLICY",
    "SECURE_CROSS_ORIGIN_OPENER_POLICY",
)


@dataclass(frozen=True, kw_only=True)
class PublicSite:
    """The public files of a capital that issued documents ten days ago, and the texts of their QR codes."""

    folder: Path
    site: world.Site
    now: datetime
    texts: dict[str, str] = field(default_factory=dict)

    def fragment(self, name: str) -> str:
        """The fragment of the QR's address."""
        return self.texts[name].partition("#")[2]

    def list_again(self, **changes: object) -> None:
        """Publish another trust list, signed by the root."""
        listed = world.signed_trust_list(replace(_trust_list(self.now), **changes))  # type: ignore[arg-type]
        (self.folder / "trust-list.jws").write_text(listed)

    def released_file(self) -> bytes:
        """The released file of one more document, in a log that is published with it."""
        sealed = _issue(self.site, _claims(self.now, self.now, 60, facts={}), self.now)
        covered = coverage.read(files.sign(files.compose(files.attachments(self.site, sealed)), at=self.now))
        state = self.site.log(covered.leaf_entry, at=self.now)
        proof = tlog.proof(self.site.tiles, state.size - 1, state).encode()
        _write(self.folder, self.site.files, self.now)
        return covered.filled(beside(covered.contents, proof=proof))


@pytest.fixture
def verifier_process(settings: Settings, tmp_path: Path) -> None:
    """The settings of the verifier's process instead of the portal's."""
    for name, value in of_the_verifier(tmp_path / "public").items():
        setattr(settings, name, value)
    clear_url_caches()


def of_the_verifier(folder: Path) -> dict[str, Any]:
    """The settings in which the verifier's process differs, with the public files in `folder`."""
    # Bahrain's languages, for any first test with any territory.
    import_module(settings_public.ROOT_URLCONF)
    return {name: getattr(settings_public, name) for name in _ITS_OWN} | {"RUKHSA_PUBLIC": folder}


@pytest.fixture
def public_site(verifier_process: None, tmp_path: Path) -> PublicSite:
    """Published: one document of each verdict that the public can meet."""
    return publish(tmp_path / "public", now=datetime.now(UTC).replace(microsecond=0))


@contextmanager
def serving() -> Iterator[WSGIServer]:
    """The verifier's process on loopback, until it is stopped."""
    handler = StaticFilesHandler(WSGIHandler())
    server = make_server("127.0.0.1", 0, handler, server_class=_Server, handler_class=_Quiet)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def living() -> Iterator[str]:
    """Its address, as long as it runs."""
    with serving() as server:
        yield f"http://127.0.0.1:{server.server_port}/"


@pytest.fixture
def server(public_site: PublicSite) -> Iterator[WSGIServer]:
    """The verifier's process on loopback, until a test kills it."""
    with serving() as server:
        yield server


@pytest.fixture
def address(server: WSGIServer) -> str:
    """The address of the verifier."""
    return f"http://127.0.0.1:{server.server_port}/"


def publish(folder: Path, *, now: datetime) -> PublicSite:
    """Write the files of the site, with keys whose secrets are public."""
    issued, statuses, site, texts = now - timedelta(days=10), statuslist.new(8192), world.Site(), {}
    site.log(*(tlog.entry("file", b"%d" % number) for number in range(300)), at=issued)
    end = profiles.to_days((now - timedelta(days=3)).date())
    documents: dict[str, tuple[int, dict[int, object]]] = {
        "valid": (statuslist.VALID, {}),
        "expired": (statuslist.VALID, {6: end}),
        "suspended": (statuslist.SUSPENDED, {}),
        "revoked": (statuslist.REVOKED, {}),
        "superseded": (statuslist.SUPERSEDED, {}),
    }
    for index, (name, (status, facts)) in enumerate(documents.items()):
        sealed = _issue(site, _claims(issued, now, index, facts=facts), issued)
        statuslist.put(statuses, index, status)
        texts[name] = world.text_of(sealed)
    stray = _claims(issued, now, 40, facts={})
    texts["not-registered"] = world.text_of(world.make_seal(stray, world.SEALER, 3))
    texts["specimen"] = world.text_of(world.make_seal(stray, specimen.signer(), 3))
    texts["altered"] = world.text_of(sealed.replace("ليلى".encode(), "سلمى".encode()))
    lost = replace(_claims(issued, now, 41, facts={}), status_uri=f"{world.SITE}status/capital/9.cwt")
    texts["cannot-tell"] = world.text_of(_issue(site, lost, issued))
    texts["excavation"] = world.text_of(_issue(site, _excavation(issued, now), issued))
    site.files[world.STATUS_URI] = _token(statuses, now)
    _write(folder, site.files, now)
    return PublicSite(folder=folder, site=site, now=now, texts=texts)


def _issue(site: world.Site, claims: Claims, at: datetime) -> bytes:
    sealed = world.make_seal(claims, world.SEALER, site.checkpoint.size if site.checkpoint else 0)
    site.log(seal.leaf_entry(seal.read(sealed)), at=at)
    return sealed


def _claims(issued: datetime, now: datetime, index: int, *, facts: dict[int, object]) -> Claims:
    days = {5: profiles.to_days(issued.date()), 6: profiles.to_days((now + timedelta(days=30)).date())}
    return replace(
        world.CLAIMS,
        instrument=f"CAP-RW-2026-{index:06d}-7",
        issued_at=int(issued.timestamp()),
        status_index=index,
        facts={**world.FACTS, **days, **facts},  # type: ignore[dict-item]
    )


def _excavation(issued: datetime, now: datetime) -> Claims:
    """A trench that is licensed for two hours of each day, which begin two hours from now."""
    usual, local = _claims(issued, now, 42, facts={}), now.astimezone(ZoneInfo(extents.ZONE))
    hours = "-".join(f"{local + timedelta(hours=later):%H:%M}" for later in (2, 4))
    days = {key: usual.facts[key] for key in (5, 6)}
    return replace(usual, facts={**extents.WHOLE, **days, 11: hours})


def _token(statuses: bytearray, now: datetime) -> bytes:
    issued_at = int(now.timestamp()) - 240
    terms = {"uri": world.STATUS_URI, "issued_at": issued_at, "expires_at": issued_at + 86_400, "ttl": 900}
    return statuslist.sign_cwt(statuses, **terms, signer=world.STATUS_SIGNER)  # type: ignore[arg-type]


def _trust_list(now: datetime) -> TrustList:
    period = {"not_before": now - timedelta(days=100), "not_after": now + timedelta(days=300)}
    keys = tuple(
        replace(key, **period, compromised_since=None, compromised_log_size=None)
        for key in world.CAPITAL.keys
    )
    return replace(
        world.TRUST_LIST,
        issued=now - timedelta(days=1),
        expires=now + timedelta(days=29),
        authorities=(replace(world.CAPITAL, keys=keys, profiles=world.CAPITAL.profiles | {7}),),
        profiles={**world.TRUST_LIST.profiles, 7: extents.PROFILE},
    )


def _write(folder: Path, public: dict[str, bytes], now: datetime) -> None:
    published = {address.removeprefix(world.SITE): content for address, content in public.items()}
    published |= {"trust-list.jws": world.signed_trust_list(_trust_list(now)).encode()}
    published |= {"root.jwk": json.dumps(dict(world.ROOT.jwk)).encode()}
    for name, content in published.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""
