"""What is told of the pictures of known faces that go through all stages."""
