"""What `maskwatch area` does."""
