"""A film is sent by the vendored tus client, in a real browser, over a network that breaks."""

from playwright.sync_api import Page

from openspace import create_app
from openspace.extensions import db
from openspace.uploads.content import open_content
from openspace.uploads.models import Upload
from tests.system.conftest import ready

# Bytes of the film: three pieces of 1 MiB and a rest. Each byte follows from its place.
SIZE = 3 * 2**20 + 500_000
FILM = bytes((place * 7 + place // 256) % 256 for place in range(SIZE))
# Sends the film, or goes on with it; stops after the first piece when told so. Returns its address, at which byte it
# began, and why it failed, if it did.
SEND = """async ({ size, stops }) => {
  const script = document.createElement("script");
  script.src = document.querySelector("link[rel=stylesheet]").href.replace(/css[/].*/, "vendor/tus.min.js");
  await new Promise((resume) => { script.onload = resume; document.head.append(script); });
  const bytes = Uint8Array.from({ length: size }, (_, place) => (place * 7 + Math.floor(place / 256)) % 256);
  const film = new File([bytes], "вода.mp4", { type: "video/mp4", lastModified: 1 });
  const token = document.querySelector("input[name=csrf_token]").value;
  const slug = location.pathname.split("/")[1];
  return new Promise((resume) => {
    let begun = null;
    const end = (failed) => resume({ address: upload.url, begun, failed });
    const upload = new tus.Upload(film, {
      endpoint: `/${slug}/uploads`,
      chunkSize: 2 ** 20,
      retryDelays: [200, 400, 800, 1600],
      headers: { "X-CSRFToken": token, Accept: "application/json" },
      metadata: { filename: film.name, filetype: film.type },
      onProgress: (sent) => (begun ??= sent),
      onChunkComplete: () => stops && upload.abort().then(() => end("")),
      onError: (error) => end(String(error)),
      onSuccess: () => end(""),
    });
    upload.findPreviousUploads().then(([earlier]) => {
      if (earlier) upload.resumeFromPreviousUpload(earlier);
      upload.start();
    });
  });
}"""


def send(page: Page, *, stops: bool = False) -> dict:
    return page.evaluate(SEND, {"size": SIZE, "stops": stops})


def test_a_film_goes_on_after_a_reload_and_a_broken_network_where_it_stood(server, network, sit_down):
    phone = sit_down("Олена Знімає", network=network)
    first = send(phone, stops=True)
    phone.reload()
    ready(phone)
    network.reset()

    second = send(phone)

    assert (first["failed"], second["failed"]) == ("", "")
    assert first["address"] == second["address"]
    # It said first how much was there already.
    assert first["begun"] < 2**20 <= second["begun"]
    app = create_app({"DATA": server.data})
    with app.app_context():
        upload = db.session.get_one(Upload, second["address"].rpartition("/")[2])
        assert (upload.filename, upload.mimetype, upload.piece_count) == ("вода.mp4", "video/mp4", 4)
        assert open_content(upload).read() == FILM
        db.engine.dispose()
