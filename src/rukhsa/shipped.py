"""Where the files lie that are not Python: packages of node and territories, in a release inside the package itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).resolve().parent


def _shipped(name: str) -> Path:
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parents[1] / name


NODE_MODULES: Final = _shipped("node_modules")
TERRITORIES: Final = _shipped("territories")
# Of the verifier's page as one script, which a release brings ready; in a checkout esbuild makes it.
PAGE_OF_RELEASE: Final = "rukhsa-page/page.js"

# Files of third parties that pages load; each folder is served under a short name.
SERVED: Final[Mapping[str, str]] = {
    "htmx": "htmx.org/dist",
    "maplibre": "maplibre-gl/dist",
    "zxing": "zxing-wasm/dist",
    # The editor of definitions and its dependencies.
    **{
        f"codemirror/{part}": f"@codemirror/{part}/dist"
        for part in ("autocomplete", "commands", "lang-yaml", "language", "lint", "state", "view")
    },
    **{f"lezer/{part}": f"@lezer/{part}/dist" for part in ("common", "highlight", "lr", "yaml")},
    "crelt": "crelt",
    "find-cluster-break": "@marijn/find-cluster-break/src",
    "style-mod": "style-mod/src",
    "w3c-keyname": "w3c-keyname",
}
# What documents are set with, what reads their codes, and what the look is made of.
USED: Final = (
    "@expo-google-fonts/amiri",
    "@undecaf/zbar-wasm/dist/zbar.wasm",
    "@digdir/designsystemet-css/dist",
    "@fontsource/ibm-plex-sans-arabic/files",
)
