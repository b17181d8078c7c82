"""`rukhsa fsck`: whether money and documents agree, told from the rules and by none of the code that it checks."""
