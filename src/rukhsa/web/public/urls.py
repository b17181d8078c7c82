"""Addresses of the verifier: the page in each language, the questions to the server, and the public files."""

from django.urls import URLPattern, path

from rukhsa.catalogue.territory import territory
from rukhsa.web.public import assets, offline, page, shared, signed_files, verdicts

app_name = "public"


def _pages(language: str, prefix: str) -> list[URLPattern]:
    """The pages in one language: the territory's first needs no prefix, as the QR has none."""
    options = {"language": language}
    return [
        path(prefix, page.verifier, options, name=f"page-{language}"),
        path(f"{prefix}number", page.by_number, options, name=f"number-{language}"),
        path(f"{prefix}shared/<uuid:link>", shared.check, options, name=f"shared-{language}"),
        path(f"{prefix}service-status", page.service_state, options, name=f"service-{language}"),
        path(f"{prefix}file", page.by_file, options, name=f"file-{language}"),
        path(f"{prefix}manifest.json", offline.manifest, options, name=f"manifest-{language}"),
    ]


_first, *_others = territory().languages

urlpatterns = [
    *_pages(_first, ""),
    *(page_of for language in _others for page_of in _pages(language, f"{language}/")),
    path("sw.js", offline.service_worker, name="service-worker"),
    path("verdict", verdicts.verdict, name="verdict"),
    path("assets/<path:name>", assets.asset, name="asset"),
    path("<path:path>", signed_files.public_file, name="file"),
]
