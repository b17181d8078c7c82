"""Hashes the passwords of development, which everybody knows."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class KnownPasswordHasher(PBKDF2PasswordHasher):
    """Django's own with few rounds: a password that stands in the source is not protected by a quarter of a second.

    Where there is nothing to know, in production, Django's rounds count, and a hash of fewer is made anew at sign-in.
    """

    iterations = 1_000
