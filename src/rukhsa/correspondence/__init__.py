"""What an applicant and the authority write to each other about an application, with files, and what was read of it."""
