"""facts.json: the seal's claims as JSON, attached to the file for programs that know no CBOR."""

import json
from typing import Any

from rukhsa.trust import profiles
from rukhsa.trust.errors import BadFacts
from rukhsa.trust.profiles import Profile
from rukhsa.trust.seal import Claims


def write(claims: Claims, profile: Profile) -> bytes:
    """The file for `claims`: what the seal says, and how people read it, in each language that the profile has."""
    titles = {language: title for language, title in vars(profile.name).items() if title}
    document = _claims(claims) | {
        "service": profile.service,
        "title": titles,
        "shown": {
            language: [[shown.label, shown.value] for shown in profiles.show(claims.facts, profile, language)]
            for language in titles
        },
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def check(data: bytes, claims: Claims) -> None:
    """Refuse a file that does not say what the seal says. Raises BadFacts("facts-differ")."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadFacts("facts-differ", "not JSON") from error
    expected = _claims(claims)
    if not isinstance(document, dict):
        raise BadFacts("facts-differ", "not a JSON object")
    for name, value in expected.items():
        if json.dumps(document.get(name), sort_keys=True) != json.dumps(value, sort_keys=True):
            raise BadFacts("facts-differ", name)


def _claims(claims: Claims) -> dict[str, Any]:
    return {
        "instrument": claims.instrument,
        "version": claims.version,
        "issued_at": claims.issued_at,
        "expires_at": claims.expires_at,
        "status": {"index": claims.status_index, "uri": claims.status_uri},
        "facts": {str(key): fact for key, fact in sorted(claims.facts.items())},
    }
