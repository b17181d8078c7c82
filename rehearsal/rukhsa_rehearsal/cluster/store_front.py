"""What stands before the S3 store of a cluster: it passes all on, and refuses or is slow while a switch says so."""

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Final

# A file of this name among the switches says how the store answers: `503`, or the seconds before each answer.
SWITCH: Final = "store.answers"
REFUSED: Final = (
    b"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: 37\r\nConnection: close\r\n\r\n"
    b"<Error><Code>SlowDown</Code></Error>\n"
)
PIECE: Final = 64 << 10


class StoreFront:
    """Passes connections on to the store, piece by piece."""

    def __init__(self, switch: Path, store: int) -> None:
        self._switch, self._store = switch, store

    async def serve(self, port: int) -> None:
        """Serve until the process ends."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", port)
        async with server:
            await server.serve_forever()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            there, store = await asyncio.open_connection("127.0.0.1", self._store)
            answers = asyncio.create_task(_pass_on(there, writer))
            try:
                await self._ask(reader, writer, store)
            finally:
                store.close()
                await answers
        writer.close()

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, store: asyncio.StreamWriter
    ) -> None:
        while piece := await reader.read(PIECE):
            told = self._told()
            if told == "503":
                writer.write(REFUSED)
                await writer.drain()
                return
            await asyncio.sleep(float(told or 0))
            store.write(piece)
            await store.drain()

    def _told(self) -> str:
        try:
            return self._switch.read_text().strip()
        except FileNotFoundError:
            return ""


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the store has no more to say; the client then learns that the connection ended."""
    with contextlib.suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
        writer.close()


def main() -> None:
    """Serve, told the switch, our port and the store's."""
    switch, port, store = sys.argv[1:]
    asyncio.run(StoreFront(Path(switch), int(store)).serve(int(port)))


if __name__ == "__main__":
    main()
