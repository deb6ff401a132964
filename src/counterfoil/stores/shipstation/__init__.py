"""ShipStation and whatever speaks its Custom Store form: orders to ship go out, bought labels come back.

Facts of the form: ShipStation's Custom Store Development Guide (help.shipstation.com) and its reference
(shipstation.com/docs/custom-store/v1). The XML itself is written and read in api/shipstation.
"""
