"""What operators see and do: the periodic work, the jobs that failed, and their retries."""
