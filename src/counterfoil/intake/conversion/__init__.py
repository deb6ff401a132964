"""A web order's document becomes what is to be imported."""
