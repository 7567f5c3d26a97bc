"""银行对账: statements read, matched with our slips, and what does not match."""
