"""Small files by real producers, of our own words, and what is said of each when an applicant attaches it.

`files/` holds them, `manifest.json` says who made each and how; `make.py` makes them again on a machine that has the
programs, `table.py` writes docs/formats/files.md from them.
"""
