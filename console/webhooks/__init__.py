"""Webhooks as the operator declares them, and what is known of them."""
