"""What a new text of a service would change, for whom: by its paths, and by the applications there are."""
