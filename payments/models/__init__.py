"""缴费: receipt books, payments, receipts, day-end and the way up; cards and books handed over; certificates."""

from payments.models.book import ReceiptBook
from payments.models.card import CardIssue
from payments.models.certificate import CertifiedCover, CoverCertificate
from payments.models.payment import Payment
from payments.models.receipt import Receipt, ReceiptLine, ReceiptPrint
from payments.models.remittance import BankSlip, Remittance, Transfer
from payments.models.settlement import Reversal, Settlement, SettlementLine
from payments.models.workmanship import WorkmanshipPrint, WorkmanshipReceipt

__all__ = [
    "BankSlip",
    "CardIssue",
    "CertifiedCover",
    "CoverCertificate",
    "Payment",
    "Receipt",
    "ReceiptBook",
    "ReceiptLine",
    "ReceiptPrint",
    "Remittance",
    "Reversal",
    "Settlement",
    "SettlementLine",
    "Transfer",
    "WorkmanshipPrint",
    "WorkmanshipReceipt",
]
