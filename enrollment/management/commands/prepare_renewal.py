"""`manage.py prepare_renewal`: decide a year ahead for everybody of a county's offices. 续保预核."""

from argparse import ArgumentParser
from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.decision import Refusal
from enrollment.preparing import prepare_renewal
from offices.clock import moment
from offices.models import Office


class Command(BaseCommand):
    help = "续保预核：把一个区划内各机构的每个人今年该缴多少先核定一遍，供续保页按村汇总；不收款。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--division", required=True, help="区划代码的前几位，如 530127")
        parser.add_argument("--year", type=int, required=True, help="缴费年度")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = Office.objects.filter(division_code__startswith=options["division"]).exclude(ruleset_code="")
        if not found:
            raise CommandError("这个区划没有经办机构，请核对代码。")
        for code, offices in groupby(found.order_by("ruleset_code", "pk"), key=lambda office: office.ruleset_code):
            mine = list(offices)
            try:
                done = prepare_renewal(offices=mine, coverage_year=options["year"], by=None, at=moment(mine[0]))
            except Refusal as refusal:
                raise CommandError(str(refusal)) from refusal
            told = f"{len(mine)}个机构，{done.households}户{done.persons}人，不同的情形{done.keys}种"
            self.stdout.write(f"{code}：{told}")
