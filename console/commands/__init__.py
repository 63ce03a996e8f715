"""The command groups of `maskwatch`, one file each."""
