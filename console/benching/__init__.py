"""What `maskwatch bench` measures, and how it is shown."""
