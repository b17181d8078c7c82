"""Files that strangers send, as bytes: what each is, what in it can act, and what of it an officer may safely see.

Pure functions without Django, from bytes and plain parameters to plain data, so that they can run in a limited process.
"""
