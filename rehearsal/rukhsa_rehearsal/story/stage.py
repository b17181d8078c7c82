"""The deployment in which the story is played, its people, and its documents so far."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from rukhsa.project.config import Config
from rukhsa.project.processes import RUKHSA
from rukhsa_rehearsal.story.applicant import Applicant, Document
from rukhsa_rehearsal.story.staff_member import Staff
from rukhsa_rehearsal.story.teller import Teller


@dataclass(kw_only=True)
class Stage:
    """The deployment in which the story is played, and its documents so far."""

    config: Config
    environment: Mapping[str, str]
    teller: Teller = field(default_factory=Teller)
    began: date = field(default_factory=date.today)
    documents: dict[str, Document] = field(default_factory=dict)  # by service

    @property
    def portal(self) -> str:
        return self.config.addresses.portal_url

    @property
    def sandbox(self) -> str:
        return self.config.addresses.sandbox_url

    @property
    def site(self) -> str:
        return self.config.addresses.public_url

    def command(self, *arguments: str) -> str:
        """The output of a `rukhsa` command in this deployment, whatever its exit code."""
        answer = subprocess.run(  # noqa: S603 - our own command
            [*RUKHSA, *arguments], env=self.environment, check=False, capture_output=True, text=True
        )
        return (answer.stdout or answer.stderr).strip()

    @property
    def folder(self) -> Path:
        """The folder in which the documents are kept."""
        folder = self.config.data / "documents"
        folder.mkdir(parents=True, exist_ok=True)
        return folder


@dataclass(kw_only=True)
class Cast:
    """The people of the story, signed in."""

    layla: Applicant
    salem: Staff
    mariam: Staff
    yusuf: Staff
    noor: Staff

    @classmethod
    def assembled(cls, stage: Stage) -> "Cast":
        """Sign in all of the people."""
        layla = Applicant(stage.portal, "ekey-layla")
        layla.sign_in()
        stage.teller.say("Layla signs in with her eKey")
        staff = {name: Staff(stage.portal, name) for name in ("salem", "mariam", "yusuf", "noor")}
        for name, member in staff.items():
            member.sign_in()
            stage.teller.say(f"{name.capitalize()} signs in with a password and a one-time code")
        return cls(layla=layla, **staff)
