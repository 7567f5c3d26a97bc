"""Files that people name: read whole, or refused in a sentence that says what is wrong with them. 文件."""

from pathlib import Path

TEXT_LIMIT = 2_000_000  # bytes; a rule set or a policy document is a hundredth of it


class FileRefused(ValueError):
    """A file that cannot be read as text; str() is the Chinese sentence, `line` where it goes wrong."""

    def __init__(self, sentence: str, line: int = 1) -> None:
        super().__init__(sentence)
        self.line = line


def read_text(path: Path, *, limit: int = TEXT_LIMIT) -> str:
    """The text of a UTF-8 file, with or without a byte order mark, line ends as \\n."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError as error:
        raise FileRefused("找不到这个文件，请核对文件名和目录。") from error
    except IsADirectoryError as error:
        raise FileRefused("这是一个目录，不是文件，请写明其中的文件。") from error
    except PermissionError as error:
        raise FileRefused("没有权限读取这个文件，请检查文件的权限。") from error
    except (OSError, ValueError) as error:
        raise FileRefused("这个文件读不出来，请换一个文件或检查磁盘。") from error
    if len(data) > limit:
        raise FileRefused(f"文件超过{limit // 1_000_000}MB，不像是规则或文件正文，请核对是否选错了文件。")
    return _decoded(data).replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileRefused("不是UTF-8编码的文本，请用编辑器另存为UTF-8后再试。", line) from error
