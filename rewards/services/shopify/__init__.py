"""What a shop at Shopify tells, in our words: orders are purchases, refunds and cancellations are refunds."""
