"""Redis users: which commands and keys each role needs, and the file in which a server reads them."""
