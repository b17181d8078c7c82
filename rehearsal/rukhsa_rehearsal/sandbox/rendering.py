"""The sandbox's own pages: templates, and how amounts and times are written in them."""

from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

_templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
_templates.env.filters["moment"] = lambda seconds: datetime.fromtimestamp(seconds, UTC).strftime(
    "%Y-%m-%d %H:%M:%S UTC"
)


def page(request: Request, name: str, *, status: int = 200, **context: object) -> Response:
    """The page of that name, filled with `context`."""
    return _templates.TemplateResponse(request, f"{name}.html", dict(context), status_code=status)
