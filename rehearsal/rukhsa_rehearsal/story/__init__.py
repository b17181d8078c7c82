"""The story: seven applications from the first page to the verdict, through HTTP, as people would do it."""
