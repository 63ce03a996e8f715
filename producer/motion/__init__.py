"""Which frames of a live camera are worth sending, and where in them something moved."""
