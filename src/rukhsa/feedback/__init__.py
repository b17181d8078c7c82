"""What people say of the service they had and of a page, with no word of who says it."""
