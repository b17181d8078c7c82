"""`rukhsa fsck`: checks that money and documents agree, by statements that use none of the code they check."""
