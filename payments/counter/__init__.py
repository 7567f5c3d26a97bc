"""收款台: what a payment is made of, what the counter shows, registration and renewal."""
