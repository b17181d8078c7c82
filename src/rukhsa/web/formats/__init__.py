"""How numbers are written, where Django's own formats of a language are not those of the official pages."""
