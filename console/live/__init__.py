"""What a page is told without asking: live pictures, and what happens."""
