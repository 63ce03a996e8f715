"""Training as RQ jobs: one at a time in the whole system, each in a process of its own."""
