"""What was counted and what was not seen, in any span of time; shown by commands and dashboards."""
