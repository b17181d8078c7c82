"""What later rooms ask of a definition before it is published: each registers its proof when it is loaded."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from rukhsa.catalogue.definition import Definition

type Proof = Callable[[Definition, Path], None]

_PROOFS: Final[list[Proof]] = []


def register(proof: Proof) -> None:
    """Ask `proof` of every definition; it takes the definition and the territory's folder, raises CatalogueError."""
    _PROOFS.append(proof)


def prove(definition: Definition, folder: Path) -> None:
    """Hold a definition against everything that was registered. Raises CatalogueError."""
    for proof in _PROOFS:
        proof(definition, folder)
