"""Pictures of known faces, sent through all stages like those of a camera."""
