"""The faults that Counterfoil promises to survive, done to it for real; run them with `make faults`."""
