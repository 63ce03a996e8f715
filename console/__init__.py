"""The `maskwatch` command, and the process that serves the metrics of the whole system."""
