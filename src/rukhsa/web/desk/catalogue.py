"""The catalogue on the desk: the services, writing a new text of one, and proposing and approving it."""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import AgreementError, require_reason
from rukhsa.audit.journal import record
from rukhsa.catalogue.definition import Definition, read_definition_text, schema_text
from rukhsa.catalogue.finding_pages import as_json
from rukhsa.catalogue.models import ServiceProposal, ServiceVersion
from rukhsa.catalogue.picture import draw
from rukhsa.catalogue.problems import CatalogueError, DefinitionProblem, DefinitionRefused
from rukhsa.catalogue.provenance import RANKS, UNRANKED, rank_of, sources_in
from rukhsa.catalogue.service_proposal import approve, propose, read_proposal, refuse
from rukhsa.catalogue.service_version import PublishedBefore
from rukhsa.catalogue.territory import definition_files, territory, territory_folder
from rukhsa.difference.description import descriptions
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.acts import UNPROCESSABLE, agreement_offered, day_in
from rukhsa.web.sentences import is_told, sentence_of

LONGEST = 128 << 10  # bytes of a definition, the compiler's limit


@dataclass(frozen=True, kw_only=True)
class ServiceRow:
    """A published service, and its proposal if one waits."""

    name: str
    version: ServiceVersion | None
    waiting: ServiceProposal | None


# The editor's modules, by the names under which they import each other.
MODULES = {
    "@codemirror/autocomplete": "vendor/codemirror/autocomplete/index.js",
    "@codemirror/commands": "vendor/codemirror/commands/index.js",
    "@codemirror/lang-yaml": "vendor/codemirror/lang-yaml/index.js",
    "@codemirror/language": "vendor/codemirror/language/index.js",
    "@codemirror/lint": "vendor/codemirror/lint/index.js",
    "@codemirror/state": "vendor/codemirror/state/index.js",
    "@codemirror/view": "vendor/codemirror/view/index.js",
    "@lezer/common": "vendor/lezer/common/index.js",
    "@lezer/highlight": "vendor/lezer/highlight/index.js",
    "@lezer/lr": "vendor/lezer/lr/index.js",
    "@lezer/yaml": "vendor/lezer/yaml/index.js",
    "@marijn/find-cluster-break": "vendor/find-cluster-break/index.js",
    "crelt": "vendor/crelt/index.js",
    "style-mod": "vendor/style-mod/style-mod.js",
    "w3c-keyname": "vendor/w3c-keyname/index.js",
}


@requires(Permission.PROPOSE_SERVICE)
@require_GET
@transaction.atomic
def show_all(request: PortalRequest) -> HttpResponse:
    """Every service with its version, and whether a proposal waits.

    Two queries, and one for each version that this process has not read before.
    """
    current = ServiceVersion.objects.current().defer("meaning", "source_text")
    versions = {each.service: each for each in current}
    waiting = {each.service: each for each in ServiceProposal.objects.open().order_by("proposed_at")}
    files = {file.stem for file in definition_files(territory_folder())}
    rows = [
        ServiceRow(name=name, version=versions.get(name), waiting=waiting.get(name))
        # Services with a waiting proposal stand first.
        for name in sorted(files | set(versions) | set(waiting), key=lambda name: (name not in waiting, name))
    ]
    record("see-catalogue", request.actor.person, actor=request.actor, at=timezone.now())
    return render(request, "desk/catalogue.html", {"rows": rows, "has_waiting": bool(waiting)})


@requires(Permission.PROPOSE_SERVICE)
@require_http_methods(["GET", "POST"])
def edit(request: PortalRequest, service: str) -> HttpResponse:
    """The text of a service; posting proposes it for publication from a day on."""
    published = ServiceVersion.objects.newest(service)
    text = text_in(request) if request.method == "POST" else text_of(service, published)
    day = request.POST.get("day", str(timezone.localdate()))
    reason = request.POST.get("reason", "").replace("\x00", "")
    error: Promise | str | None = None
    problems: tuple[DefinitionProblem, ...] = ()
    if request.method == "POST":
        try:
            said, on, at = require_reason(reason), day_in(day), timezone.now()
            made = propose(text, effective_on=on, tell=descriptions, reason=said, actor=request.actor, at=at)
        except DefinitionRefused as refused:
            problems = refused.problems
            error = _("This text cannot be published yet. See the problems below it.")
        except AgreementError as refused:
            error = sentence_of(refused.code)
        except CatalogueError as refused:
            error = explained(refused)
        else:
            messages.success(request, _("Waiting for another person to approve."))
            return redirect("desk:service-proposal", made.pk)
    context = {
        "service": service,
        "version": published,
        "text": text,
        "day": day,
        "reason": reason,
        "today": timezone.localdate(),
        "error": error,
        "problems": [told_in(each, request.LANGUAGE_CODE) for each in problems],
        "modules": MODULES,
        "sources": _sources(published.definition) if published else [],
    }
    return render(request, "desk/definition.html", context, status=UNPROCESSABLE if error else 200)


@requires(Permission.PROPOSE_SERVICE)
@require_http_methods(["POST"])
def check(request: PortalRequest) -> HttpResponse:
    """The findings in a text as JSON with line and column, for the editor."""
    return JsonResponse({"problems": [as_json(each) for each in problems_of(text_in(request))]})


@requires(Permission.PROPOSE_SERVICE)
@require_GET
def schema(request: PortalRequest) -> HttpResponse:
    """The schema of the language, for completion in the editor."""
    return HttpResponse(schema_text(), content_type="application/schema+json")


def problems_of(text: str) -> tuple[DefinitionProblem, ...]:
    """What is wrong with a text, by itself and beside the published services."""
    try:
        read_proposal(text, on=timezone.localdate())
    except DefinitionRefused as refused:
        return refused.problems
    except PublishedBefore:
        pass  # nothing new is nothing wrong
    return ()


def _sources(definition: Definition) -> list[tuple[Text, list[str]]]:
    """The sources of a definition by rank, the best first: where each stands, what was read or why it is assumed."""
    found: dict[str, list[str]] = {rank: [] for rank in (*RANKS, UNRANKED)}
    for path, source in sources_in(definition):
        place = " › ".join(str(part + 1 if isinstance(part, int) else part) for part in path)
        found[rank_of(source)].append(f"{place or definition.service}: {source}")
    ranks = {**RANKS, UNRANKED: Text(ar="بلا مرتبة", en="without a rank")}
    return [(ranks[rank], told) for rank, told in found.items() if told]


def explained(refused: CatalogueError) -> Promise | str:
    """What the author of a text is told: a sentence, or what the error itself names in the text or its document."""
    return sentence_of(refused.code) if is_told(refused.code) else str(refused)


def text_in(request: PortalRequest) -> str:
    """The posted text with a file's line endings; raise Http404 if it is longer than allowed."""
    text = request.POST.get("__text", "").replace("\r\n", "\n").replace("\x00", "")
    if len(text.encode()) > LONGEST:
        raise Http404
    return text


def text_of(service: str, published: ServiceVersion | None) -> str:
    """The published text; of a service that was never published, the territory's file."""
    if published and published.source_text:
        return published.source_text
    files = definition_files(territory_folder())
    found = next((file for file in files if file.stem == service), None)
    if found is None:
        raise Http404
    return found.read_text(encoding="utf-8")


def told_in(problem: DefinitionProblem, language: str) -> dict[str, Any]:
    """A problem as a page shows it."""
    return {
        "line": problem.line,
        "what": problem.what.in_language(language),
        "remedy": problem.write_instead.in_language(language),
        "code": problem.code,
    }


@requires(Permission.PROPOSE_SERVICE)
@require_GET
def show_proposal(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A proposal with its text, its picture and what it changes."""
    proposal = _reach(pk)
    record("see-service-proposal", proposal, actor=request.actor, at=timezone.now())
    return _page(request, proposal)


@requires(Permission.PROPOSE_SERVICE, fresh=True)
@require_POST
def act_on_proposal(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Approve, refuse or withdraw a proposal."""
    proposal, reason, at = _reach(pk), request.POST.get("reason", ""), timezone.now()
    acts: dict[str, Callable[[], object]] = {
        "approve": lambda: approve(proposal, actor=request.actor, at=at),
        "refuse": lambda: refuse(proposal, reason, actor=request.actor, at=at),
    }
    if verb not in acts:
        raise Http404
    try:
        acts[verb]()
    except AgreementError as refused:
        return _page(request, _reach(pk), error=sentence_of(refused.code), reason=reason)
    except CatalogueError as refused:
        return _page(request, _reach(pk), error=explained(refused), reason=reason)
    messages.success(request, _("The text was published.") if verb == "approve" else _("It was refused."))
    return redirect("desk:service-proposal", pk)


def compared(before: str, after: str) -> list[tuple[str, str]]:
    """The lines that differ between two texts with two lines around each, as (tag, line); empty for a new one."""
    if not before:
        return []
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    return [({"+": "ins", "-": "del"}.get(line[0], "span"), line) for line in list(lines)[2:]]


def _reach(pk: UUID) -> ServiceProposal:
    return ServiceProposal.objects.select_related("proposed_by", "based_on", "decided_by").get(pk=pk)


def _page(
    request: PortalRequest, proposal: ServiceProposal, *, error: Promise | str | None = None, reason: str = ""
) -> HttpResponse:
    definition = read_definition_text(proposal.source_text, file="proposal.yaml").value
    waits = proposal.waits
    drawn = draw(definition, territory(), request.LANGUAGE_CODE)
    context = {
        "proposal": proposal,
        "definition": definition,
        "difference": proposal.difference.get(request.LANGUAGE_CODE),
        "compared": compared(
            proposal.based_on.source_text if proposal.based_on else "", proposal.source_text
        ),
        "picture": mark_safe(drawn),  # noqa: S308 - the drawing escapes every text of the definition
        "waits": waits,
        **agreement_offered(
            proposer=proposal.proposed_by,
            waits=waits,
            may_decide=all(
                request.actor.holds(Permission.PUBLISH_SERVICE, at=each) for each in proposal.scopes
            ),
            actor=request.actor,
        ),
        "error": error,
        "reason": reason,
    }
    return render(request, "desk/service_proposal.html", context, status=UNPROCESSABLE if error else 200)
