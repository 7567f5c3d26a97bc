"""文件下发: stored bytes sent to a browser under the type that their content has, never sniffed, in a sandbox."""

from django.http import HttpResponse

SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


def stored(data: bytes, *, content: str, name: str, shown: bool = False) -> HttpResponse:
    """The bytes as a download called `name`, or where `shown` says so as a picture in the page.

    A PDF viewer of a browser does not run inside a sandbox: a PDF is always downloaded.
    """
    response = HttpResponse(data, content_type=content)
    way = "inline" if shown and content != "application/pdf" else "attachment"
    response["Content-Disposition"] = f'{way}; filename="{name}.{SUFFIXES[content]}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
