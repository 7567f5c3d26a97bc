"""缴费的服务: taking money, voiding and printing receipts, receiving and allotting receipt books."""

from payments.services.books import allot_book, book_for, close_book, receive_book
from payments.services.cards import (
    IssuedCards,
    WantedCard,
    issue_cards,
    record_workmanship_print,
    take_back_card,
    void_workmanship,
)
from payments.services.certificates import issue_certificate, revoke_certificate
from payments.services.receipts import cancel_sponsored, record_print, void_receipt
from payments.services.taking import TakenPayment, take_payment

__all__ = [
    "IssuedCards",
    "TakenPayment",
    "WantedCard",
    "allot_book",
    "book_for",
    "cancel_sponsored",
    "close_book",
    "issue_cards",
    "issue_certificate",
    "receive_book",
    "record_print",
    "record_workmanship_print",
    "revoke_certificate",
    "take_back_card",
    "take_payment",
    "void_receipt",
    "void_workmanship",
]
