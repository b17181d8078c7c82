"""The keeper: stops the server of a folder when no process holds it any more."""

import sys
from pathlib import Path

from rukhsa.project.postgres.hold import keep

if __name__ == "__main__":
    keep(Path(sys.argv[1]))
