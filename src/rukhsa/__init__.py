"""Rukhsa: a municipality issues licences and certificates online, and anyone can check them."""
