// The wall of commitments: shows all, those that are one's own, or those of one's community.

export function connect(root) {
  const ending = new AbortController();
  const listen = (target, type, listener) => target.addEventListener(type, listener, { signal: ending.signal });
  const filters = root.querySelector("[data-filters]");
  let { commitments: mine } = JSON.parse(document.getElementById("mine").textContent);

  const chosen = () => filters.querySelector("[aria-pressed=true]");
  const fits = {
    "": () => true,
    mine: ({ id }) => mine.includes(Number(id.split("-")[1])),
    community: ({ dataset }) => dataset.communities.split("|").includes(chosen().dataset.community),
  };

  function show() {
    const fit = fits[chosen().dataset.filter];
    for (const sheet of root.querySelectorAll(".pact")) sheet.hidden = !fit(sheet);
  }

  listen(filters, "click", ({ target }) => {
    const chip = target.closest("[data-filter]");
    if (!chip) return;
    filters.querySelectorAll("[data-filter]").forEach((each) => each.setAttribute("aria-pressed", each === chip));
    show();
  });
  listen(document, "patched", show);
  listen(document, "mine", ({ detail }) => {
    if (!detail.commitments) return;
    mine = detail.commitments;
    show();
  });
  filters.hidden = false;
  show();
  return () => ending.abort();
}
