"""Addresses of the verifier: the page in each language, the questions to the server, the public files."""

from django.conf import settings
from django.urls import path

from rukhsa.web.public import assets, files, page

app_name = "public"


def _pages(language: str, prefix: str) -> list[object]:
    """The pages in one language: the first language of the territory needs no prefix, as the QR has none."""
    options = {"language": language}
    return [
        path(prefix, page.verifier, options, name=f"page-{language}"),
        path(f"{prefix}number", page.by_number, options, name=f"number-{language}"),
        path(f"{prefix}file", page.by_file, options, name=f"file-{language}"),
    ]


urlpatterns = [
    *_pages(settings.LANGUAGE_CODE, ""),
    *(
        each
        for code, _ in settings.LANGUAGES
        if code != settings.LANGUAGE_CODE
        for each in _pages(code, f"{code}/")
    ),
    path("assets/<path:name>", assets.asset, name="asset"),
    path("<path:path>", files.public_file, name="file"),
]
