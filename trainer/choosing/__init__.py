"""Which network to ship: trains several, and shows accuracy against speed."""
