"""Making orders: reproducible from a seed, every one adding up."""
