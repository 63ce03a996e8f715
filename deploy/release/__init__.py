"""Makes what a release consists of, from what is committed; no part of a running system."""
