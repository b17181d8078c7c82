"""The pages of installing and of backups hold only commands that the trial gives, and files that a release has."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from rukhsa.project.config import PROJECT, ConfigError, read
from tools.try_install import blocks, blocks_of

DEPLOY = PROJECT / "deploy"


def test_the_trial_takes_its_commands_from_the_pages_in_their_order() -> None:
    steps = [step for step, _ in blocks()]
    assert steps[0] == "1. Programs"
    assert {"4. The database", "8. The other processes", "9. TLS", "10. Look", "The drill"} <= set(steps)
    scripts = "".join(script for _, script in blocks())
    assert "certbot" not in scripts  # in a block for other circumstances
    for needed in (
        "rukhsa setup",
        "rukhsa publish",
        "systemctl enable",
        "rukhsa-backup full",
        "rukhsa backup drill",
    ):
        assert needed in scripts


def test_a_block_of_another_kind_is_not_given() -> None:
    page = "## One\n```bash\ntrue\n```\n```sh\nfalse\n```\n## Two\n```bash\nfalse\n```\n"
    assert list(blocks_of(page)) == [("One", "true\n"), ("Two", "false\n")]


def test_every_file_that_the_pages_install_is_in_the_release() -> None:
    scripts = "".join(script for _, script in blocks())
    installed = re.findall(r"^install -m \d+ (?!-d)(.+) \S+$", scripts, re.MULTILINE)
    words = (word for line in installed for word in line.split())
    names = [word.rpartition("deploy/")[2] for word in words if re.fullmatch(r"[\w.@*/-]+", word)]
    assert len(names) > 8
    for name in names:
        assert list(DEPLOY.glob(name)) or list(DEPLOY.glob(f"*/{name}")), name


@pytest.fixture
def given(tmp_path: Path) -> dict[str, str]:
    """The settings of the release as a portal is told them, with a key as the page makes it."""
    key = tmp_path / "secret-key"
    key.write_text("Z8hhQ2j3b5n1x0kQ9w7e6r5t4y3u2i1o0pAsDfGhJkL\n")
    key.chmod(0o400)
    lines = [
        line
        for name in ("common", "portal")
        for line in (DEPLOY / f"etc/{name}.env").read_text().splitlines()
    ]
    told = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    told = {name: "".join(shlex.split(value)) for name, value in told.items()}  # without its quotation marks
    return told | {"RUKHSA_SECRET_KEY_FILE": str(key)}


def test_the_settings_of_the_release_are_all_that_production_asks_for(given: dict[str, str]) -> None:
    assert read(given).in_production
    for name in ("RUKHSA_EKEY_ISSUER", "RUKHSA_MAIL_SENDER", "RUKHSA_TRUSTED_PROXIES"):
        with pytest.raises(ConfigError, match=f"{name} is missing"):
            read({key: each for key, each in given.items() if key != name})


def test_each_process_has_its_own_role_in_the_database() -> None:
    roles = {
        path.stem: re.findall(r"user=(\w+)", path.read_text())
        for path in (DEPLOY / "etc").glob("*.env")
        if path.stem != "common"
    }
    serving = {key: ["rukhsa_serving"] for key in ("portal", "worker", "verifier")}
    assert roles == {**serving, "signer": ["rukhsa_signer"], "owner": ["rukhsa_owner"]}


def test_every_container_of_ours_is_read_only_and_not_root() -> None:
    services = yaml.safe_load((DEPLOY / "container/compose.yaml").read_text())["services"]
    ours = {name: each for name, each in services.items() if each["image"].startswith("rukhsa:")}
    by_hand = ours.pop("command")  # what root gives: it serves nothing, and is never started with the others
    assert by_hand["profiles"] == ["by-hand"]
    assert (by_hand["read_only"], by_hand["cap_drop"]) == (True, ["ALL"])
    assert by_hand["cap_add"] == ["CHOWN", "DAC_OVERRIDE", "FOWNER"]
    assert "ports" not in by_hand
    assert set(ours) == {"setup", "signer", "worker", "portal", "verifier"}
    for each in ours.values():
        assert each["read_only"] is True
        assert each["cap_drop"] == ["ALL"]
        assert each.get("user", "10001:10001").split(":")[0] in ("10001", "10002", "10003")
    keys = [
        name for name, each in ours.items() if any(volume.startswith("keys:") for volume in each["volumes"])
    ]
    assert keys == ["signer"]
    text = (DEPLOY / "container/Containerfile").read_text()
    assert "USER 10001:10001" in text
    assert "--require-hashes -r /release/requirements-server.lock" in text
