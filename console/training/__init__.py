"""What commands do with trainings: describe, queue, schedule, follow and cancel them."""
