"""The whole system, or what watches it, in containers of one machine."""
