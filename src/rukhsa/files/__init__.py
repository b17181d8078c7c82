"""Files that people upload, as bytes: their kind, their active content, and the safe copy that officers see.

Pure functions without Django, from bytes and plain parameters to plain data, so that they can run in a limited process.
"""
