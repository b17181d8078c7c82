"""Libraries that are loaded at their first use: the verifier, the signer and most workers never draw, print or list.

Together they take 30 MB and half a second of a process. `late.py` names them once; who needs one imports it from here.
"""

from importlib import import_module
from typing import Any, Final


class Late:
    """A module that is loaded once something of it is asked for."""

    def __init__(self, name: str) -> None:
        self.name: Final = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self.name), attribute)


# Geometry
np = Late("numpy")
pyproj = Late("pyproj")
shapely = Late("shapely")
shapely_operations = Late("shapely.ops")
shapes = Late("shapely.geometry")

# Documents, lists and fonts
font_files = Late("fontTools.ttLib")
snowballstemmer = Late("snowballstemmer")
typst = Late("typst")
xlsxwriter = Late("xlsxwriter")
zxingcpp = Late("zxingcpp")
