"""People's data: why it was looked at, how long it is kept, and how it is erased and given out."""
