"""Pictures of violations: carried out behind the commit that asked for them, others' faces blurred, kept for days."""
