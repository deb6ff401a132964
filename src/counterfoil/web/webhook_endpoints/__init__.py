"""Webhook endpoints: addresses of other systems that are told of events, and what became of each delivery."""
