"""`rukhsa services`: the acts of the catalogue, and those that need a database of applications or a second person."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.agreement import AgreementError
from rukhsa.authorities.actor import Actor, NotPermitted, actor_for
from rukhsa.catalogue.definition import Definition, read_definition
from rukhsa.catalogue.management.commands.services import DESCRIPTION, require_known
from rukhsa.catalogue.management.commands.services import Command as OfTheCatalogue
from rukhsa.catalogue.models import ServiceProposal, ServiceVersion
from rukhsa.catalogue.picture import draw
from rukhsa.catalogue.service_proposal import ProposalError, approve, propose, refuse
from rukhsa.catalogue.service_version import digest_of
from rukhsa.catalogue.source import load
from rukhsa.catalogue.territory import read_territory, service_files
from rukhsa.difference.description import description, descriptions
from rukhsa.difference.difference import LAST, difference
from rukhsa.project import questionnaire
from rukhsa.project.config import PROJECT, config
from rukhsa.values.written_day import day_given
from rukhsa.web.sentences import sentence_of

PICTURES = PROJECT / "docs" / "services"
QUESTIONNAIRE = PROJECT / "var" / "questionnaire"
MORE = """
  rukhsa services draw               draw every service in both languages into docs/services/, as SVG
  rukhsa services draw road-works-licence --to FOLDER         only this one, elsewhere

  rukhsa services questions          what the definitions assume, as a document that the ministry fills in, and as CSV
  rukhsa services questions --to FOLDER          the two files elsewhere than var/questionnaire
                                     Each value has a number, why it is assumed, and room for the answer, the legal
                                     basis and who confirmed it. Write the answers into the definitions with their
                                     source; what is left open stays assumed.

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
    acts = (*OfTheCatalogue.acts, "draw", "questions", "diff", "propose", "proposals", "approve", "refuse")

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and with what."""
        super().add_arguments(parser)
        parser.add_argument("--as", dest="person", metavar="MAIL", help="who proposes, approves or refuses")
        parser.add_argument(
            "--from",
            dest="effective_on",
            metavar="DAY",
            type=day_given,
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
            "--to", type=Path, metavar="FOLDER", help="for draw and questions: where the files go"
        )

    def _publish(self, folder: Path, options: dict[str, Any]) -> None:
        if config().in_production and (changed := _changed(folder, options["services"])):
            raise CommandError(
                f"changed since it was published: {', '.join(changed)}. A new version needs a second person:"
                " `rukhsa services propose`, then `approve`"
            )
        super()._publish(folder, options)

    def _propose(self, folder: Path, options: dict[str, Any]) -> None:
        at = timezone.now()
        source = load(Path(self._only(options, "the file")))
        first_day = options["effective_on"] or timezone.localdate(at)
        actor = _actor(options, at)
        proposal = self._proposed(
            propose,
            source.text,
            effective_on=first_day,
            tell=descriptions,
            file=source.file,
            actor=actor,
            at=at,
        )
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
        """The result of a verb; raises CommandError with a sentence if it refuses."""
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
        place, target = read_territory(folder), options["to"] or PICTURES
        target.mkdir(parents=True, exist_ok=True)
        definitions = [read_definition(file).value for file in service_files(folder)]
        names = [each.service for each in definitions]
        require_known(options["services"], names)
        wanted = options["services"] or names
        for definition in (each for each in definitions if each.service in wanted):
            for language in place.languages:
                file, text = (
                    target / f"{definition.service}.{language}.svg",
                    draw(definition, place, language),
                )
                if options["check"] and not (file.exists() and file.read_text(encoding="utf-8") == text):
                    raise CommandError(f"{file.name} is not up to date: draw it with `rukhsa services draw`")
                if not options["check"]:
                    file.write_text(text, encoding="utf-8")
                    self.stdout.write(file.name)

    def _questions(self, folder: Path, options: dict[str, Any]) -> None:
        place, target = read_territory(folder), options["to"] or QUESTIONNAIRE
        rows, on = questionnaire.rows_of(folder), timezone.localdate()
        target.mkdir(parents=True, exist_ok=True)
        (target / "questionnaire.pdf").write_bytes(questionnaire.as_pdf(rows, place, on=on))
        (target / "questionnaire.csv").write_bytes(questionnaire.as_csv(rows))
        self.stdout.write(
            f"{target}: {len(rows)} values to confirm, in questionnaire.pdf and questionnaire.csv"
        )

    def _diff(self, folder: Path, options: dict[str, Any]) -> None:
        if len(options["services"]) != 2:
            raise CommandError("name the old and the new: files, SERVICE@NUMBER, or published")
        old, new = options["services"]
        after = _definition(new, beside=old)
        before = _definition(old, beside=after.service)
        if before.service != after.service:
            raise CommandError(f"{before.service} and {after.service} are two services")
        found = difference(before, after, at=timezone.now(), last=options["last"])
        self.stdout.write(description(found, options["language"]))


def _definition(name: str, *, beside: str) -> Definition:
    """The definition in a file, of a version (`SERVICE@NUMBER`), or in effect for the service `beside`."""
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
    """The services whose files differ from their newest version."""
    found = []
    for file in service_files(folder):
        definition = read_definition(file).value
        newest = ServiceVersion.objects.newest(definition.service)
        if newest and newest.digest != digest_of(definition) and (not chosen or definition.service in chosen):
            found.append(definition.service)
    return found


def _actor(options: dict[str, Any], at: datetime) -> Actor:
    """The person that the command line names, with the posts of today."""
    person = Person.objects.filter(email=options["person"] or "").first()
    if person is None:
        raise CommandError("say who: --as MAIL, of one of the staff")
    return actor_for(person, at=at)
