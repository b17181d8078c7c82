"""What a seal says, laid out for engineers; nothing of it is believed."""

import json
from datetime import UTC, datetime

from rukhsa.trust import qr, seal
from rukhsa.trust.document import Document
from rukhsa.trust.errors import BadPdf
from rukhsa.trust.seal import Seal


def describe(document: Document) -> str:
    """The seal in the document, as indented JSON with a first line that says it was not verified."""
    read = seal.read(_seal_bytes(document))
    return "not verified:\n" + json.dumps(_parts(read), ensure_ascii=False, indent=2)


def _seal_bytes(document: Document) -> bytes:
    if document.text is not None:
        return qr.read_qr_text(document.text).seal_bytes
    return document.seal_bytes if document.file is None else _attached(document.file)


def _attached(data: bytes) -> bytes:
    import io

    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data)) as file:
            return bytes(file.attachments["seal.cwt"].get_file().read_bytes())
    except (pikepdf.PdfError, KeyError) as error:
        raise BadPdf("pdf-attachments", "no seal.cwt in it") from error


def _parts(read: Seal) -> dict[str, object]:
    claims = read.claims
    return {
        "algorithm": read.algorithm,
        "kid": read.kid.hex(),
        "log_index": read.log_index,
        "instrument": claims.instrument,
        "version": claims.version,
        "issued_at": _stamp(claims.issued_at),
        "expires_at": None if claims.expires_at is None else _stamp(claims.expires_at),
        "status": {"index": claims.status_index, "uri": claims.status_uri},
        "facts": {str(key): fact for key, fact in claims.facts.items()},
        "entry": seal.leaf_entry(read).hex(),
        "signature": read.signature.hex(),
    }


def _stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
