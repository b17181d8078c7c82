"""What the signer of a file and that of a time stamp have in common: signed attributes, and a parser that stumbles."""

from typing import Any, Final

from asn1crypto import cms

# What asn1crypto raises on bytes that are no CMS of its own.
PARSER_ERRORS: Final = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    OverflowError,
    RuntimeError,
)


def attributes(signer: cms.SignerInfo) -> dict[str, Any]:
    """The signed attributes by their names (RFC 5652 §5.3), each once and with one value. Raises PARSER_ERRORS."""
    found: dict[str, Any] = {}
    for attribute in signer["signed_attrs"]:
        name = attribute["type"].native
        if name in found or len(attribute["values"]) != 1:
            raise ValueError(f"attribute {name} twice")
        found[name] = attribute["values"][0]
    return found
