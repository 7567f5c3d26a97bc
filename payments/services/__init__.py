"""缴费的服务: taking money, voiding and printing receipts, receiving and allotting receipt books, claims."""

from payments.services.book_checks import verify_book
from payments.services.book_ends import report_lost_book, return_book
from payments.services.book_lots import allot_from_lot, receive_lot
from payments.services.books import allot_book, book_for, close_book, receive_book, take_back_book
from payments.services.cards import (
    IssuedCards,
    WantedCard,
    issue_cards,
    record_workmanship_print,
    take_back_card,
    void_workmanship,
)
from payments.services.certificates import IssuedCertificate, issue_certificate, revoke_certificate
from payments.services.entering import enter_slip
from payments.services.exporting import export_journal
from payments.services.funding import (
    confirm_claim,
    make_funder_claim,
    record_funding,
    reverse_funding,
    withdraw_claim,
)
from payments.services.marking import mark_row, undo_mark
from payments.services.overprints import save_overprint, save_printer, withdraw_overprint, withdraw_printer
from payments.services.printing import cancel_run, continue_run, print_run_again, start_run, take_run_file
from payments.services.receipts import cancel_sponsored, is_being_printed, record_print, void_receipt
from payments.services.reconciling import (
    StatementDraft,
    match_row,
    rematch,
    take_statement,
    undo_match,
    withdraw_statement,
)
from payments.services.remitting import bank_remittance, make_remittance, review_remittance, withdraw_remittance
from payments.services.reversing import reverse_receipt, reverse_workmanship
from payments.services.settling import Counted, settle_day
from payments.services.slips import SlipDraft
from payments.services.subsidies import (
    confirm_subsidy_rate,
    end_subsidy_rate,
    fill_subsidy_rate,
    make_subsidy_claim,
)
from payments.services.taking import TakenPayment, take_payment
from payments.services.transferring import bank_transfer, confirm_transfer, make_transfer, withdraw_transfer

__all__ = [
    "Counted",
    "IssuedCards",
    "IssuedCertificate",
    "SlipDraft",
    "StatementDraft",
    "TakenPayment",
    "WantedCard",
    "allot_book",
    "allot_from_lot",
    "bank_remittance",
    "bank_transfer",
    "book_for",
    "cancel_run",
    "cancel_sponsored",
    "close_book",
    "confirm_claim",
    "confirm_subsidy_rate",
    "confirm_transfer",
    "continue_run",
    "end_subsidy_rate",
    "enter_slip",
    "export_journal",
    "fill_subsidy_rate",
    "is_being_printed",
    "issue_cards",
    "issue_certificate",
    "make_funder_claim",
    "make_remittance",
    "make_subsidy_claim",
    "make_transfer",
    "mark_row",
    "match_row",
    "print_run_again",
    "receive_book",
    "receive_lot",
    "record_funding",
    "record_print",
    "record_workmanship_print",
    "rematch",
    "report_lost_book",
    "return_book",
    "reverse_funding",
    "reverse_receipt",
    "reverse_workmanship",
    "review_remittance",
    "revoke_certificate",
    "save_overprint",
    "save_printer",
    "settle_day",
    "start_run",
    "take_back_book",
    "take_back_card",
    "take_payment",
    "take_run_file",
    "take_statement",
    "undo_mark",
    "undo_match",
    "verify_book",
    "void_receipt",
    "void_workmanship",
    "withdraw_claim",
    "withdraw_overprint",
    "withdraw_printer",
    "withdraw_remittance",
    "withdraw_statement",
    "withdraw_transfer",
]
