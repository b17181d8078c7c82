"""Opens strangers' files outside the web process: `reader.ask("check-file", content, accept=["pdf"]) -> dict`.

Each web process has one small reader process beside it (`process.py`). The reader has no secret and no Django, keeps
the parsers loaded, and forks once for each file (`__main__.py`). The child gives up everything but its memory and one
pipe (`confinement.py`), runs one file task on the bytes, answers JSON and ends. A file task is no task of the worker:
nothing queues it. `ask` returns its answer, or raises `Refused`: with a code of the file task, or as `Unread` when the
file took too long, needed too much memory or could not be read, or as `Busy` when all children are at work
or the budget of its sender is used up (`spending.py`).

To add a file task:
1. Write a function `(content: bytes, **parameters) -> dict`. Parameters and answer are JSON, and any value of the
   answer may be bytes. It opens no file and starts no thread, and refuses by raising `Refused(code)`. It lives in
   this package or below (`trust`, `values`), and imports no Django.
2. Add a row to `TASKS` in `task.py`: its name, where the function is, what it may use.
3. Add a tiny file that it reads and one that it refuses to `warm.py`: what a parser imports late must be imported
   before the limits, since a child can open no file. `tests/rooms/reader/` asks each file task in a fresh reader.
"""

from rukhsa.reader.errors import Busy, Refused, Unread
from rukhsa.reader.process import ask, start
from rukhsa.reader.spending import paid_from, spent_within

__all__ = ["Busy", "Refused", "Unread", "ask", "paid_from", "spent_within", "start"]
