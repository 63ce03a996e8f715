"""What is done with one picture: sizes, reduction, encoding."""
