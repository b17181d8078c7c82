"""Everything that the verifier's page needs as files: in a folder and in a bucket, whatever interrupts it."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from rukhsa.authorities.models import Authority
from rukhsa.figures import open_data
from rukhsa.issuance import cycle, file_entry, publishing, sequencer, site
from rukhsa.issuance.log import LogLeaf, seal_bytes_of
from rukhsa.issuance.mirror import ConditionsIgnored
from rukhsa.objects import Bucket, Store, store_at
from rukhsa.objects.file_store import Headers
from rukhsa.trust import checkpoint, page_copy, tiles, tlog, tlogproof
from rukhsa.trust.__main__ import main as command
from rukhsa.trust.data_copy import DESCRIPTION, FOLDER, KIND, PROOF
from rukhsa.trust.data_copy import check as check_open_data
from rukhsa.trust.errors import BadLog
from rukhsa.trust.sources import StoreSource
from rukhsa.trust.verifier import Verifier
from rukhsa.web.public import export, page_release
from tests.object_store import ObjectStore
from tests.rooms.issuance.conftest import NOW, Grant

pytestmark = [pytest.mark.own_clock, pytest.mark.xdist_group("objects")]
URLCONF = "rukhsa.project.urls_public"


def exported(folder: Path) -> export.Copied:
    return export.export(lambda headers: store_at(folder, None, headers), urlconf=URLCONF, at=NOW)


def content(store: Store) -> dict[str, bytes]:
    return {name: store.read(name) for name in store.names()}


def grow(count: int) -> None:
    """Add entries to the capital's log."""
    capital = Authority.objects.get(code="CAP")
    for number in range(count):
        sequencer.add(capital, kind="file", entry=b"%d of %d" % (number, LogLeaf.objects.count()), at=NOW)
    sequencer.integrate(capital, at=NOW)


def test_what_was_exported_verifies_a_document_and_names_each_of_its_files(
    granted: Grant, tmp_path: Path
) -> None:
    instrument = cycle.issue(granted(), at=NOW)
    publishing.everything(at=NOW)
    exported(tmp_path / "to")
    there = store_at(tmp_path / "to")
    source = StoreSource(read=there.read, stands_for=site.address())
    listed = site.trust_list()
    assert listed is not None
    verifier = Verifier(trust_list=listed, status=source, log=source)
    assert verifier.verify_seal(seal_bytes_of(instrument.intent) or b"", at=NOW).word == "valid"

    manifest = there.read("release.json")
    for name, digest in json.loads(manifest)["files"].items():
        assert digest == f"sha256-{b64encode(sha256(there.read(name)).digest()).decode()}"
    page = there.read("en/index.html").decode()
    assert "../assets/" in page
    assert 'href="/' not in page


def test_a_release_stands_in_the_log_once_and_its_proof_is_signed_by_the_key_of_the_log(
    town: object, tmp_path: Path
) -> None:
    exported(tmp_path / "one")
    exported(tmp_path / "two")
    assert LogLeaf.objects.filter(kind="release").count() == 1
    there = store_at(tmp_path / "two")
    code = Authority.objects.order_by("ordinal")[0].code
    proof = tlogproof.read(there.read("release.proof").decode())
    (key,) = site.keys_of(code, "log")[:1]
    entry = tlog.entry(file_entry.RELEASE, there.read("release.json"))
    proof.verify(entry, origin=site.log_origin(code), key=key)
    with pytest.raises(BadLog):
        proof.verify(tlog.entry(file_entry.RELEASE, b"another page"), origin=site.log_origin(code), key=key)


def test_open_data_stand_in_the_log_by_the_digest_of_their_description(town: object) -> None:
    assert open_data.sign(at=NOW) is None  # nothing is published yet
    files = site.files().under(FOLDER)
    files.write(DESCRIPTION, b"{}")
    proved = [open_data.sign(at=NOW) for _ in range(2)]
    assert LogLeaf.objects.filter(kind="open-data").count() == 1
    assert proved == [files.read(PROOF).decode()] * 2
    code = Authority.objects.order_by("ordinal")[0].code
    proof, (key,) = tlogproof.read(proved[0] or ""), site.keys_of(code, "log")[:1]
    proof.verify(tlog.entry(KIND, b"{}"), origin=site.log_origin(code), key=key)
    with pytest.raises(BadLog):
        proof.verify(tlog.entry(KIND, b"{ }"), origin=site.log_origin(code), key=key)


def test_files_of_open_data_are_compared_with_the_log(town: object, tmp_path: Path) -> None:
    files = {"2026-10.csv": b"month,count\n2026-10,7\n", "2026-11.csv": b"month,count\n2026-11,9\n"}
    digests = [{"path": name, "hash": f"sha256:{sha256(data).hexdigest()}"} for name, data in files.items()]
    there = site.files().under(FOLDER)
    for name, data in files.items():
        there.write(name, data)
    there.write(DESCRIPTION, json.dumps({"resources": digests}).encode())
    open_data.sign(at=NOW)
    publishing.everything(at=NOW)
    exported(tmp_path)
    root = site.root_jwk()
    assert root
    (tmp_path / "root.jwk").write_text(json.dumps(root))

    def asked(*names: str, at: datetime = NOW) -> tuple[int, list[str], list[str]]:
        read = store_at(tmp_path).read
        found = check_open_data(read, root, names=list(names), at=at)
        code = command(
            ["open-data", str(tmp_path), *names, "--root", f"{tmp_path}/root.jwk", "--at", at.isoformat()]
        )
        return code, found.right, [line.partition(":")[0] for line in found.wrong]

    assert asked() == (0, list(files), [])
    assert asked("2026-12.csv") == (1, [], ["2026-12.csv"])
    assert asked(at=NOW + timedelta(days=400)) == (1, list(files), ["trust-list.jws"])
    (tmp_path / FOLDER / "2026-11.csv").write_bytes(b"month,count\n2026-11,900\n")
    assert asked() == (1, ["2026-10.csv"], ["2026-11.csv"])
    assert asked("2026-10.csv") == (0, ["2026-10.csv"], [])
    (tmp_path / FOLDER / "2026-11.csv").unlink()
    assert asked() == (1, ["2026-10.csv"], ["2026-11.csv"])
    # A description with the digest of the changed file is not the one that the log has.
    (tmp_path / FOLDER / DESCRIPTION).write_bytes(json.dumps({"resources": digests[:1]}).encode())
    assert asked() == (1, ["2026-10.csv"], [PROOF])


def test_a_copy_is_compared_with_the_release_that_the_log_has(town: object, tmp_path: Path) -> None:
    exported(tmp_path)
    root = site.root_jwk()
    assert root
    whole = page_copy.check_at(str(tmp_path), root, at=NOW)
    assert (whole.wrong, whole.log) == ([], "v.mun.example/log/capital")
    assert whole.right == len(json.loads((tmp_path / "release.json").read_bytes())["files"])

    page, script = tmp_path / "en/index.html", next(tmp_path.glob("assets/*/*.js"))
    kept = {path: path.read_bytes() for path in (page, script, tmp_path / "release.json")}
    page.write_bytes(page.read_bytes() + b"<!-- -->")
    script.unlink()
    (tmp_path / "old.html").write_text("another page")
    found = page_copy.check_at(str(tmp_path), root, at=NOW)
    names = [line.partition(":")[0] for line in found.wrong]
    assert sorted(names) == sorted(["en/index.html", str(script.relative_to(tmp_path)), "old.html"])
    (tmp_path / "old.html").unlink()

    # Another release with the right digests of its files is not in the log, and a log cut short is no longer it.
    for path, data in kept.items():
        path.write_bytes(data)
    told = kept[tmp_path / "release.json"]
    (tmp_path / "release.json").write_bytes(told.replace(b'"format"', b' "format"'))
    assert [line.partition(":")[0] for line in page_copy.check_at(str(tmp_path), root, at=NOW).wrong] == [
        "release.proof"
    ]
    (tmp_path / "release.json").write_bytes(told)
    later = page_copy.check_at(str(tmp_path), root, at=NOW + timedelta(days=400))
    assert [line.partition(":")[0] for line in later.wrong] == ["trust-list.jws"]
    assert page_copy.check_at(str(tmp_path), root, at=NOW).is_right


def test_only_what_changed_is_written(town: object, tmp_path: Path) -> None:
    grow(700)
    first = exported(tmp_path)
    assert exported(tmp_path).written == 0
    grow(1)
    again = exported(tmp_path)
    # A bundle, the tiles of both levels at most, the checkpoint: whatever the size of the log.
    assert 0 < again.written <= 4 < first.written


@pytest.mark.parametrize("kind", ["folder", "bucket"])
def test_an_export_that_was_killed_at_any_write_is_finished_by_the_next(
    kind: str, town: object, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_release, "build", _small(page_release.build(URLCONF)))
    place = place_for(kind, tmp_path, request)
    grow(300)
    export.export(place("whole"), urlconf=URLCONF, at=NOW)  # enters the release
    export.export(place("cut"), urlconf=URLCONF, at=NOW)
    grow(400)
    export.export(place("whole"), urlconf=URLCONF, at=NOW)
    wanted, cut, writes = content(place("whole")(nothing)), place("cut")(nothing), 0
    while True:
        killing = Killing(under=cut, left=writes)
        try:
            export.export(lambda headers, there=killing: there, urlconf=URLCONF, at=NOW)
            break
        except Killed:
            note = tlog.published(cut.under("log/capital/"))
            assert note is not None
            assert_readable(cut, checkpoint.said(note).size)
            writes += 1
        assert writes < 60
    assert writes > 3
    assert content(cut) == wanted


def test_a_store_that_ignores_conditions_is_refused(
    town: object, objects: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Bucket._put
    monkeypatch.setattr(Bucket, "_put", lambda bucket, path, data, **condition: put(bucket, path, data))
    with pytest.raises(ConditionsIgnored):
        export.export(
            lambda headers: store_at(objects.place(), objects.account, headers), urlconf=URLCONF, at=NOW
        )


def test_objects_are_kept_with_the_headers_that_a_cache_needs(town: object, objects: ObjectStore) -> None:
    grow(300)
    publishing.everything(at=NOW + timedelta(minutes=1))
    place = objects.place()
    export.export(lambda headers: store_at(place, objects.account, headers), urlconf=URLCONF, at=NOW)
    store = store_at(place, objects.account)
    assert isinstance(store, Bucket)
    names = set(store.names())
    script = next(name for name in names if name.endswith("/page.js"))
    kept = {
        name: store._ask("head_object", name)
        for name in (
            "index.html",
            script,
            "log/capital/tile/0/000",
            "log/capital/checkpoint",
            "trust-list.jws",
        )
    }
    assert "immutable" in kept["log/capital/tile/0/000"]["CacheControl"]
    assert "immutable" in kept[script]["CacheControl"]
    assert kept[script]["ContentType"] == "text/javascript; charset=utf-8"
    for name in ("index.html", "log/capital/checkpoint", "trust-list.jws"):
        assert "s-maxage=" in kept[name]["CacheControl"]
        assert "stale-if-error=" in kept[name]["CacheControl"]


def test_another_log_is_never_overwritten(town: object, tmp_path: Path) -> None:
    grow(5)
    exported(tmp_path)
    path = tmp_path / "log/capital/checkpoint"
    lines = path.read_text().split("\n")
    path.write_text("\n".join([lines[0], lines[1], b64encode(bytes(32)).decode(), *lines[3:]]))
    with pytest.raises(BadLog, match="log-forked"):
        exported(tmp_path)


class Killed(Exception):
    """The process ends here."""


class Killing:
    """A store whose process is killed after so many writes."""

    def __init__(self, *, under: Store, left: int, count: list[int] | None = None) -> None:
        self.under_, self.count = under, count if count is not None else [left]

    def _write(self) -> None:
        if not self.count[0]:
            raise Killed
        self.count[0] -= 1

    def read(self, path: str) -> bytes:
        return self.under_.read(path)

    def create(self, path: str, data: bytes) -> None:
        self._write()
        self.under_.create(path, data)

    def swap(self, path: str, old: bytes | None, new: bytes) -> bool:
        self._write()
        return self.under_.swap(path, old, new)

    def prune(self, path: str) -> int:
        self._write()
        return self.under_.prune(path)

    def names(self) -> Iterator[str]:
        return self.under_.names()

    def under(self, part: str) -> "Killing":
        return Killing(under=self.under_.under(part), left=0, count=self.count)


def _small(built: export.Release) -> Callable[[str], export.Release]:
    """The release with its page alone: what is tried here is the order of the writes."""
    few = {name: body for name, body in built.files.items() if name.endswith((".html", "page.js"))}
    return lambda urlconf: export.Release(files=few, policy=built.policy)


def place_for(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[[str], Callable[[Headers], Store]]:
    if kind == "folder":
        return lambda name: lambda headers: store_at(tmp_path / name, None, headers)
    objects: ObjectStore = request.getfixturevalue("objects")
    place = objects.place()
    return lambda name: lambda headers: store_at(f"{place}/{name}", objects.account)


def nothing(name: str) -> dict[str, str]:
    return {}


def assert_readable(store: Store, size: int) -> None:
    """Whatever checkpoint is shown, its tiles are there."""
    note = store.under("log/capital/").read("checkpoint").decode()
    assert tiles.root(store.under("log/capital/").read, size) == checkpoint.said(note).root
