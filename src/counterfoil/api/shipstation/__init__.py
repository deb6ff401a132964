"""ShipStation's Custom Store: one address that serves orders as XML and takes notices of labels."""
