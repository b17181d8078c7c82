"""What applicants see and do."""
