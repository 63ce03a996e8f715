"""Frames into their bounded streams, and out of them again."""
