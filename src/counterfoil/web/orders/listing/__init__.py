"""What a person sets on the list of sales orders, and what the words in its search mean."""
