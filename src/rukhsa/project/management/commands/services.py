"""`rukhsa services`: the acts of the catalogue, and those that need the whole house."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.agreement import AgreementError
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor, NotPermitted, actor_for
from rukhsa.catalogue.definition import Definition, read_definition
from rukhsa.catalogue.management.commands.services import DESCRIPTION
from rukhsa.catalogue.management.commands.services import Command as OfTheCatalogue
from rukhsa.catalogue.models import ServiceProposal, ServiceVersion
from rukhsa.catalogue.picture import draw
from rukhsa.catalogue.propose import ProposalError, approve, propose, refuse
from rukhsa.catalogue.publish import digest_of
from rukhsa.catalogue.territory import read_territory, service_files
from rukhsa.project.config import PROJECT, Witnesses, config
from rukhsa.project.parts import RUKHSA
from rukhsa.project.ports import held_ports
from rukhsa.project.world import PORTS, empty, environment_in
from rukhsa.walks import counter
from rukhsa.walks.account import account, accounts
from rukhsa.walks.difference import LAST, difference
from rukhsa.walks.proof import Unbalanced, prove
from rukhsa.walks.reckoning import NotReckoned
from rukhsa.walks.telling import table
from rukhsa.walks.walk import WalkFailed
from rukhsa.walks.whole import walk_services
from rukhsa.walks.world import open_world
from rukhsa.web.sentences import sentence_of

PICTURES = PROJECT / "docs" / "services"
MORE = """
  rukhsa services walk               play every service along its paths to every end, in a database of its own
                                     under var/walk/: for each and for all how many ways of answering there are,
                                     how many distinct paths, how many were played, and how these ended; all paths,
                                     played or not, are reckoned: their answers are read, every charge has
                                     its row, and the facts fit the seal. It takes minutes and counts meanwhile. The
                                     first path that does not end as it should is told with its answers and what
                                     stood in the way; the exit code is then 1
  rukhsa services walk road-works-licence        only this one, and what it needs

  rukhsa services draw               draw every service in both languages into docs/services/, as SVG
  rukhsa services draw road-works-licence --to FOLDER         only this one, elsewhere

  rukhsa services diff published FILE            what a file changes for whom, before it is published
  rukhsa services diff road-works-licence@1 road-works-licence@2 --language ar      between two versions
  rukhsa services diff published FILE --last 500 and what the last 500 applications would have cost

Where people use a service, a version is published by two of them, from a day on:

  rukhsa services propose FILE --as salem@mun.example --from 2027-01-01        ask that the file be published
  rukhsa services proposals          what waits for the second person
  rukhsa services approve PROPOSAL --as mariam@mun.example                     publish it; never by who proposed it
  rukhsa services refuse PROPOSAL --as mariam@mun.example --reason "…"         or not

Drafts that begin on that day or later follow it; what began before keeps its form. In production `publish` takes
only services that were never published.
"""


class Command(OfTheCatalogue):
    help = DESCRIPTION + MORE
    acts = (*OfTheCatalogue.acts, "walk", "draw", "diff", "propose", "proposals", "approve", "refuse")

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and with what."""
        super().add_arguments(parser)
        parser.add_argument("--as", dest="person", metavar="MAIL", help="who proposes, approves or refuses")
        parser.add_argument(
            "--from",
            dest="effective_on",
            metavar="DAY",
            type=date.fromisoformat,
            help="its first day; today when left out",
        )
        parser.add_argument("--reason", default="", help="why a proposal is refused")
        parser.add_argument(
            "--last",
            type=int,
            default=LAST,
            help=f"for diff: how many applications are reckoned anew ({LAST})",
        )
        parser.add_argument(
            "--to", type=Path, default=PICTURES, metavar="FOLDER", help="for draw: where pictures go"
        )
        parser.add_argument("--here", action="store_true", help="for walk: in this database, which is empty")

    def _publish(self, folder: Path, options: dict[str, Any]) -> None:
        if config().in_production and (changed := _changed(folder, options["services"])):
            raise CommandError(
                f"changed since it was published: {', '.join(changed)}. A new version needs a second person:"
                " `rukhsa services propose`, then `approve`"
            )
        super()._publish(folder, options)

    def _propose(self, folder: Path, options: dict[str, Any]) -> None:
        at = timezone.now()
        text = Path(self._only(options, "the file")).read_text(encoding="utf-8")
        first_day = options["effective_on"] or timezone.localdate(at)
        actor = _actor(options, at)
        proposal = self._proposed(propose, text, effective_on=first_day, tell=accounts, actor=actor, at=at)
        self.stdout.write(
            f"{proposal.pk}  {proposal.service} from {proposal.effective_on}: waits for a second person"
        )

    def _proposals(self, folder: Path, options: dict[str, Any]) -> None:
        for each in ServiceProposal.objects.open().select_related("proposed_by").order_by("proposed_at"):
            who = each.proposed_by.name.in_language(options["language"])
            self.stdout.write(f"{each.pk}  {each.service} from {each.effective_on}, by {who}")

    def _approve(self, folder: Path, options: dict[str, Any]) -> None:
        at = timezone.now()
        version = self._proposed(approve, self._proposal(options), actor=_actor(options, at), at=at)
        self.stdout.write(f"{version} from {version.effective_on}  {version.digest[:16]}")

    def _refuse(self, folder: Path, options: dict[str, Any]) -> None:
        at = timezone.now()
        actor = _actor(options, at)
        self._proposed(refuse, self._proposal(options), options["reason"], actor=actor, at=at)
        self.stdout.write("refused")

    def _proposed[**P, R](self, verb: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
        """What a verb gives; what it refuses is said in words."""
        try:
            return verb(*args, **named)
        except (AgreementError, ProposalError) as error:
            raise CommandError(str(sentence_of(error.code))) from None
        except NotPermitted as error:
            raise CommandError(f"this person may not: {error}") from None

    def _proposal(self, options: dict[str, Any]) -> ServiceProposal:
        name = self._only(options, "the proposal's id")
        try:
            return ServiceProposal.objects.get(pk=UUID(name))
        except (ValueError, ServiceProposal.DoesNotExist):
            raise CommandError(f"no proposal {name}: see `rukhsa services proposals`") from None

    def _only(self, options: dict[str, Any], what: str) -> str:
        if len(options["services"]) != 1:
            raise CommandError(f"name {what}, and nothing else")
        return str(options["services"][0])

    def _draw(self, folder: Path, options: dict[str, Any]) -> None:
        place, target = read_territory(folder), options["to"]
        target.mkdir(parents=True, exist_ok=True)
        definitions = [read_definition(file).value for file in service_files(folder)]
        for definition in definitions:
            for language in (
                place.languages
                if not options["services"] or definition.service in options["services"]
                else ()
            ):
                file, text = (
                    target / f"{definition.service}.{language}.svg",
                    draw(definition, place, language),
                )
                if options["check"] and not (file.exists() and file.read_text(encoding="utf-8") == text):
                    raise CommandError(f"{file.name} is not up to date: draw it with `rukhsa services draw`")
                if not options["check"]:
                    file.write_text(text, encoding="utf-8")
                    self.stdout.write(file.name)

    def _diff(self, folder: Path, options: dict[str, Any]) -> None:
        if len(options["services"]) != 2:
            raise CommandError("name the old and the new: files, SERVICE@NUMBER, or published")
        old, new = options["services"]
        after = _definition(new, beside=old)
        before = _definition(old, beside=after.service)
        if before.service != after.service:
            raise CommandError(f"{before.service} and {after.service} are two services")
        found = difference(before, after, at=timezone.now(), last=options["last"])
        self.stdout.write(account(found, options["language"]))

    def _walk(self, folder: Path, options: dict[str, Any]) -> None:
        if options["here"]:
            self._walk_here(options)
            return
        scratch = config().data / "walk"
        scratch.mkdir(parents=True, exist_ok=True)
        empty(scratch)
        command = [*RUKHSA, "services", "walk", "--here", *options["services"]]
        with held_ports(len(PORTS)) as ports:
            environment = environment_in(scratch, {"RUKHSA_TERRITORY": str(folder.absolute())}, ports=ports)
            code = subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - our own command
        if code:
            sys.exit(code)

    def _walk_here(self, options: dict[str, Any]) -> None:
        call_command("migrate", "--no-input", verbosity=0)
        if config().in_production or ServiceVersion.objects.exists() or Application.objects.exists():
            raise CommandError("walks are played in an empty database only: leave --here out")
        settings.PAYMENT_GATEWAYS = counter.GATEWAYS  # nobody outside hears of a walk
        settings.RUKHSA_WITNESSES = Witnesses(named=(), quorum=0)
        began = timezone.now()
        root = config().data / "offline"
        root.mkdir(parents=True, exist_ok=True)
        playing = open_world(root=root, at=began, tell=self._progress)
        versions = list(ServiceVersion.objects.current())
        if unknown := set(options["services"]) - {version.service for version in versions}:
            raise CommandError(f"no such service: {', '.join(sorted(unknown))}")
        chosen = [each for each in versions if each.service in options["services"] or not options["services"]]
        start = timezone.now()
        try:
            walked = walk_services(playing, chosen)
            prove([walk for each in walked for walk in each.walks], at=playing.at, tell=self._progress)
        except (NotReckoned, Unbalanced, WalkFailed) as failed:
            raise CommandError(str(failed)) from failed
        self.stdout.write(table(walked, seconds=(timezone.now() - start).total_seconds()))

    def _progress(self, what: str, done: int, of: int) -> None:
        """On a terminal one line that counts; elsewhere a line now and then."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{what}: {done} of {of}  ", ending="\n" if done == of else "")
        elif done == of or done % 50 == 0:
            self.stderr.write(f"{what}: {done} of {of}", ending="\n")


def _definition(name: str, *, beside: str) -> Definition:
    """A file's definition, a version's (`SERVICE@NUMBER`), or that of the version in effect of the service `beside`."""
    if Path(name).is_file():
        return read_definition(Path(name)).value
    service, _, number = name.partition("@")
    versions = ServiceVersion.objects
    if name == "published":
        found = versions.current().filter(service=beside.partition("@")[0]).first()
    else:
        found = versions.filter(service=service, number=int(number) if number.isdigit() else 0).first()
    if found is None:
        raise CommandError(f"{name} is neither a file nor a published version")
    return found.definition


def _changed(folder: Path, chosen: Sequence[str]) -> list[str]:
    """The services of files that say something else than their newest version."""
    found = []
    for file in service_files(folder):
        definition = read_definition(file).value
        newest = ServiceVersion.objects.newest(definition.service)
        if newest and newest.digest != digest_of(definition) and (not chosen or definition.service in chosen):
            found.append(definition.service)
    return found


def _actor(options: dict[str, Any], at: datetime) -> Actor:
    """The person named on the command line, with the posts of today."""
    person = Person.objects.filter(email=options["person"] or "").first()
    if person is None:
        raise CommandError("say who: --as MAIL, of one of the staff")
    return actor_for(person, at=at)
