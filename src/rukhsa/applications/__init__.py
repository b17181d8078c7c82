"""What a person asks for: drafts, answers, attachments, and the stages of the request."""
