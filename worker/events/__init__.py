"""The events stage: orders a camera's results, tracks faces, counts each violation once."""
