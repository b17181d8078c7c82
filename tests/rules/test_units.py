"""The units of systemd: the keys are the signer's alone, and each process may only what it needs."""

import configparser
from pathlib import Path

import pytest

from rukhsa.project.config import PROJECT
from rukhsa.project.serving import PROCESSES
from rukhsa.project.signing import IN_PRODUCTION
from rukhsa.project.variables import NOT_CONFIGURED

UNITS = sorted((PROJECT / "deploy/systemd").glob("*.service"))
KEYS = "/var/lib/rukhsa/data/keys"
EVERYWHERE = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "ProtectProc": "invisible",
    "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes",
    "LockPersonality": "yes",
    "SystemCallArchitectures": "native",
    "LimitCORE": "0",
}
# The worker makes folders of the public files, which the verifier reads; stored files have modes of their own.
MASKS = {"rukhsa-worker": "0022"}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_each_unit_may_only_what_it_needs(unit: Path) -> None:
    said = _service(unit)
    assert {name: said.get(name, "is not said") for name in EVERYWHERE} == EVERYWHERE
    assert said["User"] not in ("", "root")
    assert said["UMask"] == MASKS.get(unit.stem, "0077")


def test_the_keys_are_the_signers_and_out_of_sight_of_all_others() -> None:
    of = {unit.stem.removeprefix("rukhsa-"): unit for unit in UNITS}
    assert set(of) == {"signer", "worker", "portal", "verifier"}
    assert _service(of["signer"])["ReadWritePaths"] == KEYS
    users = {name: _service(unit)["User"] for name, unit in of.items()}
    assert [name for name, user in users.items() if user == users["signer"]] == ["signer"]
    for name in ("worker", "portal", "verifier"):
        assert f"InaccessiblePaths={KEYS}\n" in of[name].read_text()


def test_the_worker_alone_reaches_the_socket() -> None:
    folder = Path(IN_PRODUCTION).parent
    signer = next(unit for unit in UNITS if unit.stem == "rukhsa-signer")
    assert f"/run/{_service(signer)['RuntimeDirectory']}" == str(folder)
    assert _service(signer)["RuntimeDirectoryMode"] == "0750"
    group = _service(signer)["Group"]
    in_it = [unit.stem for unit in UNITS if _service(unit).get("SupplementaryGroups") == group]
    assert in_it == ["rukhsa-worker"]
    for name in ("rukhsa-portal", "rukhsa-verifier"):
        text = next(unit for unit in UNITS if unit.stem == name).read_text()
        assert f"InaccessiblePaths=-{folder}\n" in text


def test_each_starts_its_own_process_and_not_again_where_a_person_must_act() -> None:
    for unit in UNITS:
        name = unit.stem.removeprefix("rukhsa-")
        assert name in PROCESSES
        assert _service(unit)["ExecStart"] == f"/opt/rukhsa/bin/rukhsa serve {name}"
        assert _service(unit)["RestartPreventExitStatus"] == str(NOT_CONFIGURED)


def _service(unit: Path) -> dict[str, str]:
    """The settings of a unit; of one that is said twice the last."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(unit.read_text())
    return dict(parser["Service"])
