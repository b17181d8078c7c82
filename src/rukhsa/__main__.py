"""The command `rukhsa`, which says what to install where only the verifier is."""

import sys


def main() -> None:
    """Run the command; where the packages of a server are missing, say how to get them."""
    try:
        from rukhsa.project.command import main as run

        run()  # each command fetches what it needs when it runs
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("rukhsa"):
            raise
        sys.exit(
            f"`rukhsa` runs a whole municipality and needs {missing.name}, which is not installed here.\n"
            "Install the rest:     pip install 'rukhsa[server,local]'\n"
            "Or verify documents:  python -m rukhsa.trust --help"
        )


if __name__ == "__main__":
    main()
