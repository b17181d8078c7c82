"""What people see and press: one Chromium serves all tests of this folder that follow each other in a process."""
