"""What the pages show when their pictures are taken, each played by the town's people through its rooms."""
