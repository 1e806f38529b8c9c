// A short word at the bottom of the screen: goes by itself, or when it is closed.

export function connect(toast) {
  const seconds = Number(toast.dataset.seconds);
  const timer = seconds && setTimeout(() => toast.remove(), seconds * 1000);
  toast.querySelector("[data-close]")?.addEventListener("click", () => toast.remove());
  return () => clearTimeout(timer);
}

export function say(words, seconds = 5) {
  const toasts = document.querySelector(".toasts");
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.dataset.seconds = seconds;
  toast.textContent = words ?? toasts.dataset.offline;
  // The same word again does not pile up.
  [...toasts.children].find((other) => other.textContent === toast.textContent)?.remove();
  toasts.append(toast);
  connect(toast);
}
