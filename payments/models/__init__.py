"""缴费: receipt books, payments, receipts with their lines and prints."""

from payments.models.book import ReceiptBook
from payments.models.payment import Payment
from payments.models.receipt import Receipt, ReceiptLine, ReceiptPrint

__all__ = ["Payment", "Receipt", "ReceiptBook", "ReceiptLine", "ReceiptPrint"]
