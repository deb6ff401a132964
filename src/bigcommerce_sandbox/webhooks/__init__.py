"""Webhooks: who listens to what, what happened, and how word of it is delivered (facts, section 8)."""
