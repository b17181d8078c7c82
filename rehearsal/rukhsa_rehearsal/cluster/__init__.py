"""A cluster on one machine, to try out what happens when a part of it is lost: real parts, each a process."""
