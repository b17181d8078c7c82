"""The command `rukhsa` explains itself and begins nothing meanwhile."""

import sys

import pytest

from rukhsa.project import command


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--help"], "--serve-only"),
        (["issuing", "--help"], "usage: rukhsa issuing"),
        (["services", "check", "--help"], "usage: rukhsa services"),
    ],
    ids=["run", "issuing", "services"],
)
def test_whoever_asks_is_told_and_nothing_is_begun(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["rukhsa", *arguments])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 0
    assert said in capsys.readouterr().out
