"""The processes that `counterfoil up` starts, and what they serve."""
