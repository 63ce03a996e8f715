"""What gives way when there is more to judge than the machine can: first keyframes, then rates, then resolution."""
