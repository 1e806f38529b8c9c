// What a phone can tell of a file that was chosen: whether it is one of ours, and what it looks or sounds like.

// Pixels, and the quality of a JPEG: larger pictures are shown nowhere, and take long over the network of a hall.
const [LARGEST, QUALITY] = [2048, 0.86];
// How documents, archives, programs and web pages begin, whatever they are called.
const FOREIGN = /^(%PDF|PK\x03\x04|MZ|\x7fELF|\s*<)/;

/** Whether a file is plainly no photo, film or sound. Of others only the server can say whether it reads them. */
export const isForeign = async (file) => FOREIGN.test(await file.slice(0, 16).text());

/** A photo as large as it is ever shown; the file itself where this browser cannot open it. */
export async function smaller(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LARGEST / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: picture.width * scale, height: picture.height * scale });
    const ground = canvas.getContext("2d");
    ground.fillStyle = "white";
    ground.fillRect(0, 0, canvas.width, canvas.height);
    ground.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    return blob && blob.size < file.size ? new File([blob], file.name, { type: "image/jpeg" }) : file;
  } catch {
    // The server reads more than this browser does, and says what it does not.
    return file;
  }
}

/** Show a file in `place`; calls `fails` if this browser cannot. Returns the picture or player. */
export function preview(place, kind, file, fails) {
  const shown = document.createElement(kind === "photo" ? "img" : kind === "film" ? "video" : "audio");
  Object.assign(shown, { src: URL.createObjectURL(file), controls: true, muted: kind === "film", playsInline: true, alt: "" });
  shown.onerror = () => {
    release(place);
    fails();
  };
  place.prepend(shown);
  return shown;
}

/** Let go of what is shown in `place`. */
export function release(place) {
  const shown = place.querySelector("[src^='blob:']");
  if (!shown) return;
  shown.onerror = null;
  URL.revokeObjectURL(shown.src);
  shown.remove();
}
