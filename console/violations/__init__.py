"""What a person does with violations: list, export, dismiss, erase them."""
