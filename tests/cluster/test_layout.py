"""A cluster's files and command lines, without starting it."""

from pathlib import Path

import pytest

from rukhsa_rehearsal.cluster import configuration, parts, programs
from rukhsa_rehearsal.cluster.layout import NODES, OFFSETS, Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(folder=tmp_path)


def test_no_two_parts_listen_on_one_port() -> None:
    offsets = [
        *OFFSETS.values(),
        *(OFFSETS[f"store-{each}"] + 10_000 for each in ("master", "volume", "filer")),
    ]
    assert len(set(offsets)) == len(offsets)


@pytest.mark.parametrize("strict", [True, False])
def test_commits_wait_for_a_standby_unless_it_is_the_control(tmp_path: Path, strict: bool) -> None:
    layout = Layout(folder=tmp_path, strict=strict)
    written = configuration.rendered("patroni.yml", layout, node=1, folder=tmp_path, programs="/programs")
    assert f"synchronous_mode_strict: {str(strict).lower()}" in written


def test_haproxy_knows_each_node(layout: Layout) -> None:
    written = configuration.rendered("haproxy.cfg", layout)
    assert [f":{layout.port(f'postgres-{node}')} check" in written for node in NODES] == [True] * 3


def test_a_form_that_was_sent_is_not_sent_to_the_other_portal_and_a_question_is_to_the_other_verifier(
    layout: Layout,
) -> None:
    written = configuration.rendered("nginx.conf", layout, folder=layout.folder)
    portal, verifier = (written.partition(f"proxy_pass http://{site};")[0] for site in ("portal", "verifier"))
    assert portal.rpartition("proxy_next_upstream error")[2].partition(";")[0] == " timeout http_502 http_503"
    assert verifier.rpartition("proxy_next_upstream error")[2].partition(";")[0].endswith(" non_idempotent")


def test_web_processes_are_pooled_and_those_that_listen_or_lock_are_not(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Layout, "by_root", False)
    ports = {
        part.name: part.environment["DATABASE_URL"].partition("127.0.0.1:")[2].partition("/")[0]
        for part in parts.product_parts(layout)
    }
    pooled = {name for name, port in ports.items() if port == str(layout.port("pgbouncer"))}
    assert pooled == {"portal-1", "portal-2", "verifier-1", "verifier-2"}
    assert set(ports.values()) == {str(layout.port("pgbouncer")), str(layout.port("haproxy"))}


def test_what_is_missing_is_said_in_one_line_with_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(programs, "SYSTEM", str(tmp_path))
    with pytest.raises(programs.ProgramsMissing) as missing:
        programs.require()
    assert "apt-get install --no-install-recommends etcd-client etcd-server haproxy" in str(missing.value)
    assert "\n" not in str(missing.value)
