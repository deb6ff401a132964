"""What needs a person, why, and what can be done."""
