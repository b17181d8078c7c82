#!/usr/bin/env python
"""Django's command line, the same as the command `rukhsa`."""

from rukhsa.project.command import main

if __name__ == "__main__":
    main()
