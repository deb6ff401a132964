"""What other systems are told: events, written by the database with what happened, and delivered to their webhooks."""
