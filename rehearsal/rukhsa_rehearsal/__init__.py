"""What a municipality tries out and production does not install: the sandbox, the story, walks and specimens."""
