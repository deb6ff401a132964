"""ShipStation: its connections here, and the labels that it sent."""
