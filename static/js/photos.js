// A tap on a photo opens it whole: the photos of its story, or of the same notes, lie side by side, and the browser scrolls from one to the next.

/** Open photos that are tapped within `root`, until `signal` is aborted. */
export function opening(root, signal) {
  root.addEventListener("click", tap, { signal });
}

function tap(event) {
  const link = event.target.closest("[data-photo]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const links = [...link.closest("[data-story], [data-gallery]").querySelectorAll("[data-photo]")];
  open(links, links.indexOf(link));
}

function open(links, first) {
  const dialog = document.getElementById("photos").content.firstElementChild.cloneNode(true);
  const [row, words] = [dialog.querySelector("ul"), dialog.querySelector("[data-words]")];
  const [back, next] = dialog.querySelectorAll("[data-step]");
  row.append(...links.map(whole));
  let shown = -1;

  const step = (count) => row.scrollTo({ left: (shown + count) * row.clientWidth });

  function show() {
    const place = Math.round(row.scrollLeft / row.clientWidth);
    if (place === shown) return;
    shown = place;
    const number = words.dataset.words.replace("{number}", place + 1).replace("{all}", links.length);
    words.textContent = [row.children[place].querySelector("img").alt, links.length > 1 && number].filter(Boolean).join(" · ");
    back.hidden = place === 0;
    next.hidden = place === links.length - 1;
  }

  // The way back closes the photos and stays on the page. A photo that has gone from the page goes from here too.
  const close = () => dialog.close();
  const look = () => links.every((link) => link.isConnected) || close();
  history.pushState({ photos: true }, "");
  window.addEventListener("popstate", close);
  document.addEventListener("patched", look);
  dialog.addEventListener("close", () => {
    window.removeEventListener("popstate", close);
    document.removeEventListener("patched", look);
    if (history.state?.photos) history.back();
    dialog.remove();
  });
  dialog.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.step) step(Number(button.dataset.step));
    else if (button || !target.closest("img, p")) close();
  });
  dialog.addEventListener("keydown", (event) => {
    const count = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!count) return;
    event.preventDefault();
    step(count);
  });
  row.addEventListener("scroll", show);
  document.body.append(dialog);
  dialog.showModal();
  row.scrollTo({ left: first * row.clientWidth, behavior: "instant" });
  show();
}

// The same files, of which the browser takes one that is as large as the screen, or as the photo.
function whole(link) {
  const item = document.createElement("li");
  item.append(link.querySelector("picture").cloneNode(true));
  const image = item.querySelector("img");
  item.querySelectorAll("source").forEach((source) => (source.sizes = `min(100vw, ${image.getAttribute("width")}px)`));
  image.src = link.href;
  image.removeAttribute("class");
  return item;
}
