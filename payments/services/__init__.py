"""缴费的服务: taking money, voiding and printing receipts, receiving and allotting receipt books."""

from payments.services.books import allot_book, book_for, close_book, receive_book
from payments.services.receipts import cancel_sponsored, record_print, void_receipt
from payments.services.taking import TakenPayment, take_payment

__all__ = [
    "TakenPayment",
    "allot_book",
    "book_for",
    "cancel_sponsored",
    "close_book",
    "receive_book",
    "record_print",
    "take_payment",
    "void_receipt",
]
