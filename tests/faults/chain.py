"""Send everything that is settled up to the city's account: `python -m tests.faults.chain` works on DATABASE_URL."""

import django


def send_up() -> None:
    """A remittance of each office, at the bank and reviewed; a transfer of each district; one of the city."""
    from offices.models import Office
    from payments.models import SettlementLine
    from tests.builders import make_staff
    from tests.payments.money_builders import confirmed, reviewed, transfer

    administrator, second = (make_staff(None, name, role="administrator") for name in ("zhou", "gao"))
    districts = []
    for number, office in enumerate(Office.objects.order_by("pk")):
        supervisor = office.staff.get(role="supervisor")
        lines = SettlementLine.objects.filter(office=office, remittance=None)
        sent = reviewed(supervisor, administrator, *lines, day=f"2007-11-{5 + number:02d}")
        made = transfer("district", office.division_code[:6], sent, by=administrator)
        districts.append(confirmed(made, by=administrator, second=second, day=f"2007-12-{18 + number}"))
    made = transfer("city", "3207", *districts, by=second, moment="2007-12-20 09:00")
    confirmed(made, by=second, second=administrator, day="2007-12-25")


if __name__ == "__main__":
    django.setup()
    send_up()
