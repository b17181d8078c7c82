"""`python -m rukhsa_rehearsal.sandbox`: run the stand-ins on loopback."""

import argparse
from pathlib import Path

from rukhsa_rehearsal.sandbox.app import PEOPLE
from rukhsa_rehearsal.sandbox.serve import serve


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m rukhsa_rehearsal.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--smtp-port", type=int, default=8025)
    parser.add_argument("--data", type=Path, required=True, help="folder of its memory")
    parser.add_argument("--people", type=Path, default=PEOPLE, help="JSON list of who can sign in with eKey")
    parser.add_argument("--logs", type=Path, help="folder of public files, whose logs its witness cosigns")
    given = parser.parse_args()
    serve(data=given.data, port=given.port, smtp_port=given.smtp_port, people=given.people, logs=given.logs)


if __name__ == "__main__":
    main()
