"""The model versions that a fresh start serves."""
