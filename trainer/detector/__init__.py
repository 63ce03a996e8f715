"""Trains the face detector that ships with the worker; ``python -m trainer.detector``."""
