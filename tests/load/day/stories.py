"""What people do on the wall of stories: tell one, with a photo that is sent in pieces, and give hearts to others."""

import asyncio
import re
from base64 import b64encode
from collections.abc import Sequence
from functools import cache

from tests.load.day.ledger import Story
from tests.load.day.wire import Away
from tests.load.wall import photo

TUS = "Tus-Resumable: 1.0.0"
PIECE = 256 * 1024
STORY = re.compile(r'id="story-(\d+)"')


@cache
def picture() -> bytes:
    """The photo that everybody sends."""
    return photo(1)


class Telling:
    """A part of `Person`."""

    async def tell(self, photo: bool, loses: bool, early: bool) -> None:
        """Tell a story. `early`: its photo arrives while its author still writes; else the story is there first."""
        page = await self.phone.visit("new story", self.hall.address("stories/new"))
        text, files = f"{self.word()}: пандус зробили за вихідні.", {}
        if photo:
            ref = self.phone.new_key()
            files = {"ref": ref, f"kind-{ref}": "photo", f"alt-{ref}": "", f"from-{ref}": "", f"length-{ref}": ""}
            if early:
                await self._send(ref, loses)
        await asyncio.sleep(1 + self.chance.random())
        answer = await self.phone.hand_in("story", page, r"/stories$", text=text, language="uk", **files)
        if answer.status >= 400:
            return
        # One change for the story, one when its photo is prepared, and one when that arrives later than the story.
        self.hall.ledger.done["story"] += 1 + photo + (photo and not early)
        if photo and not early:
            await self._send(ref, loses)
        await self._find(text, photo)

    async def _find(self, text: str, has_photo: bool) -> None:
        """The number of the own story, from the wall."""
        page = await self.phone.visit("wall", self.hall.address("stories"))
        before, there, _ = page.text.partition(text)
        if not there:
            return self.hall.problem(
                "stories", "a story that was acknowledged is not on the wall", who=repr(self.phone)
            )
        self.hall.ledger.stories[int(STORY.findall(before)[-1])] = Story(text, self.phone.name, has_photo)
        return None

    async def _send(self, ref: str, loses: bool) -> None:
        """Send the photo by the tus protocol. Whoever loses the network asks how far it is, and goes on from there."""
        content = picture()
        metadata = f"Upload-Metadata: ref {b64encode(ref.encode()).decode()}"
        answer = await self._ask("POST", self.hall.address("uploads"), [f"Upload-Length: {len(content)}", metadata])
        path, offset = self.phone.local("/", answer), 0
        while offset < len(content):
            headers = [f"Upload-Offset: {offset}", "Content-Type: application/offset+octet-stream"]
            try:
                piece = content[offset : offset + PIECE]
                answer = await self._ask("PATCH", path, headers, piece, cut="within" if loses else "")
            except Away:
                self.hall.counts["pieces of photos lost"] += 1
                await asyncio.sleep(0.7)
            if loses or answer.status == 409:
                # What had arrived of a lost piece may be counted later than that.
                answer = await self._ask("HEAD", path)
            loses, offset = False, int(answer.header("upload-offset"))

    async def _ask(self, method: str, path: str, headers: Sequence[str] = (), body: bytes = b"", *, cut: str = ""):
        token = f"X-CSRFToken: {self.phone.page.token}"
        answer = await self.phone.request("upload", method, path, headers=[TUS, token, *headers], body=body, cut=cut)
        self.phone.refused("upload", answer, path)
        return answer

    async def give_heart(self, share: float) -> None:
        page = await self.phone.visit("wall", self.hall.address("stories"))
        numbers = [int(number) for number in STORY.findall(page.text)]
        number = numbers[int(share * len(numbers))]
        answer = await self.phone.write(
            "heart", "PUT", self.hall.address(f"stories/{number}/marks/heart"), [("kind", "heart")]
        )
        if answer.status < 400:
            self.hall.ledger.hearts.add((self.number, number))
            self.hall.ledger.done["heart"] += 1
