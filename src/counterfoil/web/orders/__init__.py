"""Sales orders: list, detail, actions, printouts, exports."""
