"""Which cameras this producer runs, by which right, and what it tells of them."""
