"""The checks of the compiler, one file for each kind of problem."""
