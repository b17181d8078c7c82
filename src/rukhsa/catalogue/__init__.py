"""The territory and its service definitions: read, checked, and frozen as versions."""
