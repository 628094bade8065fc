"""What organisers send to an event, as values."""
