"""Whether pictures of known faces come out of all stages as they should."""
