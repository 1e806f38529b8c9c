// A <details> that closes when one taps beside it or presses Escape.

export function connect(menu) {
  const away = (event) => !menu.contains(event.target) && menu.removeAttribute("open");
  const escape = (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  };
  document.addEventListener("click", away);
  document.addEventListener("keydown", escape);
  return () => {
    document.removeEventListener("click", away);
    document.removeEventListener("keydown", escape);
  };
}
