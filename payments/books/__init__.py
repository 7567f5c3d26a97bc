"""票据号段: what is shown of receipt books and printed about them, and their forms."""
