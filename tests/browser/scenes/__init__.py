"""Scenes for the pictures, each played by the town's people through the rooms."""
