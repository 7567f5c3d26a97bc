"""The files of this folder, written anew by other programs than ours: `python tests/rosters/files/make.py`.

Needs LibreOffice (`soffice`), and from the package index xlwt, odfpy, pyexcelerate and pandas, which nothing else here
needs: what they wrote lies beside. The village is that of tests/rosters/made.py, its people are invented. Its household
cells are merged, its seventh row is hidden where a program can hide one, ID numbers are text, a telephone is a number.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import openpyxl

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[2]))

from tests.rosters.made import village_rows  # noqa: E402 - found by the line above

HIDDEN = 7
MERGED = ("A1:J1", "B4:B5", "C4:C5")
# Format, filter and options of LibreOffice; the numbers are its codes of character sets.
BY_LIBREOFFICE = {
    "libreoffice.xlsx": "xlsx:Calc MS Excel 2007 XML",
    "libreoffice.xls": "xls:MS Excel 97",
    "libreoffice.ods": "ods:calc8",
    "libreoffice-gb18030.csv": "csv:Text - txt - csv (StarCalc):44,34,85,1",
    "libreoffice-utf8.csv": "csv:Text - txt - csv (StarCalc):44,34,76,1",
}


def main() -> None:
    by_openpyxl(HERE / "openpyxl.xlsx")
    for name, kind in BY_LIBREOFFICE.items():
        converted(HERE / "openpyxl.xlsx", kind, HERE / name)
    text = (HERE / "libreoffice-utf8.csv").read_bytes()
    (HERE / "libreoffice-utf8-bom.csv").write_bytes(b"\xef\xbb\xbf" + text.removeprefix(b"\xef\xbb\xbf"))
    by_xlwt(HERE / "xlwt.xls")
    by_odfpy(HERE / "odfpy.ods")
    by_pyexcelerate(HERE / "pyexcelerate.xlsx")
    by_pandas(HERE / "pandas.xlsx")


def by_openpyxl(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "东村"
    for row in village_rows():
        sheet.append([None if cell == "" else cell for cell in row])
    for cells in MERGED:
        sheet.merge_cells(cells)
    sheet.row_dimensions[HIDDEN].hidden = True
    book.save(path)


def converted(source: Path, kind: str, target: Path) -> None:
    """What LibreOffice makes of a file."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", kind]
        subprocess.run([*command, "--outdir", folder, source], check=True, capture_output=True)
        made = Path(folder) / f"{source.stem}.{kind.partition(':')[0]}"
        target.write_bytes(made.read_bytes())


def by_xlwt(path: Path) -> None:
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("东村")
    for y, row in enumerate(village_rows()):
        for x, cell in enumerate(row):
            if cell != "":
                sheet.write(y, x, cell)
    sheet.row(HIDDEN - 1).hidden = True
    book.save(str(path))


def by_odfpy(path: Path) -> None:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    table = Table(name="东村")
    for number, row in enumerate(village_rows(), 1):
        line = TableRow(**({"visibility": "collapse"} if number == HIDDEN else {}))
        for cell in row:
            line.addElement(_odf_cell(cell, TableCell, P))
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(path))


def _odf_cell(value: Any, cell: Any, paragraph: Any) -> Any:
    if isinstance(value, int):
        return cell(valuetype="float", value=value)
    made = cell(valuetype="string")
    made.addElement(paragraph(text=value))
    return made


def by_pyexcelerate(path: Path) -> None:
    from pyexcelerate import Workbook

    book = Workbook()
    book.new_sheet("东村", data=[row or [""] for row in village_rows()])
    book.save(str(path))


def by_pandas(path: Path) -> None:
    import pandas

    pandas.DataFrame(village_rows()).to_excel(path, sheet_name="东村", index=False, header=False)


if __name__ == "__main__":
    main()
