"""How many cameras hold on how many cores and machines: unit costs that were measured, and a simulation with them."""
