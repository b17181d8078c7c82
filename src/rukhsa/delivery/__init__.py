"""Tells the applicant, hands the document over, and records that we did."""
