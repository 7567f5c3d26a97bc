"""缴费: books, payments, receipts, print runs, day-end and the way up, the bank, claims, cards: one module each."""

from payments.models.bank_slip import BankSlip
from payments.models.book import ReceiptBook
from payments.models.book_facts import BookHolding, BookLoss, BookReturn, BookVerification
from payments.models.card import CardIssue
from payments.models.certificate import CertifiedCover, CoverCertificate
from payments.models.funder_line import FunderClaimLine
from payments.models.funding import FundingClaim, FundingPayment
from payments.models.lot import ReceiptLot
from payments.models.payment import Payment
from payments.models.printing import OverprintLayout, Printer, PrintRun
from payments.models.receipt import Receipt, ReceiptLine, ReceiptPrint
from payments.models.remittance import Remittance
from payments.models.reversal import Reversal
from payments.models.settlement import Settlement, SettlementLine
from payments.models.statement import BankStatement, StatementMatch, StatementRow
from payments.models.statement_mark import StatementMark
from payments.models.subsidy import SubsidyClaimLine, SubsidyRate
from payments.models.transfer import Transfer
from payments.models.workmanship import WorkmanshipPrint, WorkmanshipReceipt

__all__ = [
    "BankSlip",
    "BankStatement",
    "BookHolding",
    "BookLoss",
    "BookReturn",
    "BookVerification",
    "CardIssue",
    "CertifiedCover",
    "CoverCertificate",
    "FunderClaimLine",
    "FundingClaim",
    "FundingPayment",
    "OverprintLayout",
    "Payment",
    "PrintRun",
    "Printer",
    "Receipt",
    "ReceiptBook",
    "ReceiptLine",
    "ReceiptLot",
    "ReceiptPrint",
    "Remittance",
    "Reversal",
    "Settlement",
    "SettlementLine",
    "StatementMark",
    "StatementMatch",
    "StatementRow",
    "SubsidyClaimLine",
    "SubsidyRate",
    "Transfer",
    "WorkmanshipPrint",
    "WorkmanshipReceipt",
]
