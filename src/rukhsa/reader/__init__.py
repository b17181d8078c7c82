"""Opens strangers' files outside the web worker: `reader.ask("check-file", content, accept=["pdf"]) -> dict`.

One small process stands beside each web worker (`process.py`). It holds no secret and no Django, has the parsers
loaded, and forks once for each file (`__main__.py`); the child gives up everything but its memory and one pipe
(`confinement.py`), runs one task on the bytes, answers JSON and ends. `ask` gives the task's answer, or raises
`Refused`: with the task's own code, or as `Unread` when the file took too long, needed too much memory or could not be
read, or as `Busy` when all children are at work.

To add a task:
1. Write a function `(content: bytes, **parameters) -> dict`. Parameters and answer are JSON, and any value of the
   answer may be bytes. It opens no file and starts no thread, and refuses by raising `Refused(code)`. It lives in
   this package or below (`trust`, `values`), and imports no Django.
2. Add a row to `TASKS` in `task.py`: its name, where the function is, what it may use.
3. Add a tiny file that it reads and one that it refuses to `warm.py`: whatever is imported late must be imported before
   the limits, since a child can open no file. `tests/rooms/reader/` asks each task in a fresh reader.
"""

from rukhsa.reader.process import ask, start
from rukhsa.reader.refused import Busy, Refused, Unread

__all__ = ["Busy", "Refused", "Unread", "ask", "start"]
