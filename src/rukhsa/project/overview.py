"""What `rukhsa` answers when no command is named: every command of the house, with a line each, by who needs it."""

from collections.abc import Iterator, Mapping

from rukhsa.project import rehearsal

COMMANDS: Mapping[str, Mapping[str, str]] = {
    "To begin": {
        "run": "serve everything on one machine; the first time, play the story",
        "setup": "bring database, translations and static files up to date",
        "story": "play the seven applications of the story in a world of their own",
    },
    "For whoever checks a document": {
        "verify": "say what is true of a number, with its code or of a paper document",
        "gate": "print a document in pixels, wear it, and see what still reads",
        "specimen": "make genuine and forged documents to train with",
    },
    "For whoever writes a service": {
        "services": "check, explain, walk, draw, compare and publish definitions",
        "territory": "begin a new municipality, or load the files of this one",
        "places": "enter a new list of blocks, or ask to whom one belongs",
        "parcels": "enter the parcels of land, or ask what one is",
        "legacy": "import a register of paper documents and issue them again",
    },
    "For whoever operates it": {
        "migrate": "bring the tables up to date, where the database can follow",
        "static-files": "collect what pages look and act by, where something of it changed",
        "staff": "invite, move, end and reset accounts of the staff",
        "keys": "make, list, rotate, retire and check the keys of the authorities",
        "secret-key": "encrypt one-time codes under a new SECRET_KEY",
        "signer": "hold the keys in a process of its own, and say what it may in the database",
        "trust-list": "draft, sign and publish who may issue what",
        "publish": "publish the trust list, the status lists and the logs now",
        "issuing": "stop issuing at once on every machine, and start it again",
        "log": "follow the public logs and raise alarms",
        "fsck": "check the rules of money over everything there is",
        "statements": "take in what the gateways settled, and see what differs",
        "addresses": "list what the register of addresses has in a block",
    },
    "While it is developed": {
        "cast": "make the staff of the town",
        "code": "print the one-time code of one of them",
        "amend": "issue the next version of an instrument, in a supervisor's name",
        "translations": "check that every sentence has its Arabic, add what is missing, compile",
    },
}
COLUMN = 14


def overview() -> str:
    """The page of `rukhsa --help`."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    lacking = () if rehearsal.is_installed() else rehearsal.COMMANDS
    yield "rukhsa COMMAND …        rukhsa COMMAND --help explains one, with examples\n"
    for whom, commands in COMMANDS.items():
        yield whom
        yield from (f"  {name:{COLUMN}}{what}" for name, what in commands.items() if name not in lacking)
        yield ""
    if lacking:
        yield f"{', '.join(lacking)}: pip install 'rukhsa[rehearsal]' brings them."
    yield "Those of Django (shell, check …) and of its task queue (procrastinate) are here too:"
    yield "rukhsa help --commands names all. Without a database, and without Django, anyone verifies a file:"
    yield "python -m rukhsa.trust --help. The settings stand in docs/operating/production.md."
