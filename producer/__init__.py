"""Reads cameras and publishes their frames."""
