"""卡证: cards and record books, their fee, and certificates."""
