"""A mail server that keeps what it is given: SMTP as far as a client needs it, on asyncio streams, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from email import message_from_bytes
from email.message import Message


class Sink:
    """Listens on ``port``; ``letters`` are what was accepted; ``refuse`` answers every letter with 451."""

    def __init__(self) -> None:
        self.letters: list[Message] = []
        self.refuse = False
        self.loop = asyncio.new_event_loop()
        server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            word = line.strip().upper()
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                text = (await reader.readuntil(b"\r\n.\r\n"))[:-5]
                if not self.refuse:
                    self.letters.append(message_from_bytes(text))
                writer.write(b"451 later\r\n" if self.refuse else b"250 kept\r\n")
            elif word == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 ok\r\n")
            await writer.drain()
        writer.close()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
