"""A copy of the verifier's page as others serve it: nginx and Caddy with the files that we write, and a bucket."""

import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from rukhsa.issuance import publishing
from rukhsa.objects import store_at
from rukhsa.web.public import export, page_release
from tests import opinions
from tests.object_store import ObjectStore, free_ports
from tests.rooms.issuance.conftest import NOW
from tests.waiting import wait_until

pytestmark = [pytest.mark.own_clock, pytest.mark.xdist_group("objects")]
URLCONF = "rukhsa.project.urls_public"
# What a server says of itself, of this answer or of its connection, and not of the file.
OF_A_SERVER = {
    "accept-ranges",
    "connection",
    "content-length",
    "date",
    "etag",
    "last-modified",
    "server",
    "vary",
}


def nginx(folder: Path, served: Path, port: int) -> list[str]:
    """The lines of docs/operating/cdn.md, for an ordinary user."""
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    # Started by root it would read as a user to whom the folder of the tests is closed.
    user = "" if os.geteuid() else "user root; "
    config.write_text(
        f"{user}daemon off; pid {folder}/pid; error_log {folder}/said;\nevents {{}}\nhttp {{\naccess_log off;\n{paths}"
        f"server {{ listen 127.0.0.1:{port}; root {served}; index index.html;\n"
        f"include {served}/headers/nginx.conf; }} }}\n"
    )
    program = opinions.program("nginx", package="nginx-light")
    shutil.copyfile("/etc/nginx/mime.types", folder / "mime.types")
    return [program, "-c", str(config), "-p", str(folder)]


def caddy(folder: Path, served: Path, port: int) -> list[str]:
    """The same of Caddy."""
    config = folder / "Caddyfile"
    config.write_text(
        f"{{\nadmin off\nauto_https off\nstorage file_system {folder}/storage\n}}\n"
        f"http://127.0.0.1:{port} {{\nroot * {served}\nfile_server\nimport {served}/headers/Caddyfile\n}}\n"
    )
    return [
        opinions.program("caddy", package="caddy"),
        "run",
        "--config",
        str(config),
        "--adapter",
        "caddyfile",
    ]


@contextmanager
def running(command: list[str], folder: Path, port: int) -> Iterator[str]:
    """The address of a server, until the block ends."""
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
    with (folder / "out").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=environment, cwd=folder)
    try:
        address = f"http://127.0.0.1:{port}/"
        wait_until(lambda: process.poll() is not None or _answers(address))
        assert process.poll() is None, (folder / "out").read_text()
        yield address
    finally:
        process.terminate()
        process.wait()


def _answers(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 200
    except httpx.TransportError:
        return False


def exported(place: str | Path, objects: ObjectStore | None = None) -> page_release.Release:
    """A copy at a place, and its release."""
    publishing.everything(at=NOW)
    account = objects.account if objects else None
    export.export(lambda headers: store_at(place, account, headers), urlconf=URLCONF, at=NOW)
    return page_release.build(URLCONF)


def checked(place: str) -> str:
    """What `rukhsa publish --check` says of a copy that is right."""
    said = io.StringIO()
    call_command("publish", check=place, stdout=said)
    return said.getvalue()


@pytest.mark.parametrize("server", [nginx, caddy])
def test_a_server_with_our_file_answers_with_the_headers_of_the_release(
    server: Callable[[Path, Path, int], list[str]],
    town: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    served, folder = tmp_path / "served", tmp_path / "server"
    folder.mkdir()
    built = exported(served)
    month = served / "open-data/2026-10.csv"
    month.parent.mkdir(exist_ok=True)
    month.write_text("authority,documents\r\n")
    names = [name for name in store_at(served).names() if not name.startswith("headers/")]
    assert {"trust-list.jws", "log/capital/checkpoint", "release.json", "sw.js"} < set(names)
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    [port] = free_ports(1)
    with running(server(folder, served, port), folder, port) as address, httpx.Client() as browser:
        for name in ["", "en/", *names]:
            answer = browser.get(address + name)
            assert answer.status_code == 200, name
            of_page = f"{name}index.html" if name in ("", "en/") else name
            wanted = {key.lower(): value for key, value in built.headers_of(of_page).items()}
            found = {key: value for key, value in answer.headers.items() if key not in OF_A_SERVER}
            assert found == wanted, name
        assert browser.get(f"{address}headers/nginx.conf").status_code == 404
        assert "are those of the release" in checked(address)
        (served / "en/index.html").write_text("another page")
        with pytest.raises(SystemExit):
            checked(address)
    with pytest.raises(CommandError):  # the server is gone
        checked(address)


def test_a_bucket_is_compared_with_the_release_and_a_changed_or_foreign_file_is_found(
    town: object, objects: ObjectStore, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = objects.place()
    exported(place, objects)
    settings.RUKHSA_S3 = objects.account
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    assert "are those of the release" in checked(place)
    store = store_at(place, objects.account)
    page = store.read("index.html")
    for name, old, new in (("index.html", page, b"another page"), ("old.html", None, b"an old page")):
        assert store.swap(name, old, new)
        with pytest.raises(SystemExit):
            checked(place)
        if name == "index.html":
            assert store.swap(name, new, page)
            assert "are those of the release" in checked(place)
    with pytest.raises(CommandError):
        checked(f"{place}-of-no-one")
