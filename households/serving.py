"""文件下发: stored bytes sent to a browser under the type that their content has, never sniffed, in a sandbox."""

from django.http import HttpResponse

SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


def stored(data: bytes, *, content: str, name: str, shown: bool = False) -> HttpResponse:
    """The bytes as a download called `name`, or where `shown` says so as a picture in the page.

    A PDF viewer of a browser does not run inside a sandbox: a PDF is always downloaded.
    """
    way = "inline" if shown and content != "application/pdf" else "attachment"
    return _sealed(data, content, f'{way}; filename="{name}.{SUFFIXES[content]}"')


def made(data: bytes, *, content: str, name: str) -> HttpResponse:
    """A file that the application has made itself, as a download called `name`."""
    return _sealed(data, content, f'attachment; filename="{name}"')


def _sealed(data: bytes, content: str, way: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content)
    response["Content-Disposition"] = way
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
