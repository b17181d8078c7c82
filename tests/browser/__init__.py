"""Tests in a browser: one Chromium serves all tests of this folder that follow each other in a process."""
