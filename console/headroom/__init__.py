"""How many more cameras fit on a system, told from what its processes measure of themselves."""
