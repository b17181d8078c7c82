"""One target under atheris; the arguments behind its name are libFuzzer's."""

import sys

import atheris

with atheris.instrument_imports(include=["rukhsa.trust"]):
    from tests.fuzz.targets import try_one


def main() -> None:
    """Fuzz until the time is over, or something breaks."""
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, lambda data: try_one(name, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
