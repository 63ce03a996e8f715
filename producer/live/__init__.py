"""Live cameras: read without end, checked, paced and sent; the newest picture wins."""
