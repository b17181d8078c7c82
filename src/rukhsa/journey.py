"""The life of an application, in order: what is due next, and doing it."""
