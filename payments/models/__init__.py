"""缴费: receipt books, payments, receipts with their lines and prints; cards and books handed over; certificates."""

from payments.models.book import ReceiptBook
from payments.models.card import CardIssue
from payments.models.certificate import CertifiedCover, CoverCertificate
from payments.models.payment import Payment
from payments.models.receipt import Receipt, ReceiptLine, ReceiptPrint
from payments.models.workmanship import WorkmanshipPrint, WorkmanshipReceipt

__all__ = [
    "CardIssue",
    "CertifiedCover",
    "CoverCertificate",
    "Payment",
    "Receipt",
    "ReceiptBook",
    "ReceiptLine",
    "ReceiptPrint",
    "WorkmanshipPrint",
    "WorkmanshipReceipt",
]
