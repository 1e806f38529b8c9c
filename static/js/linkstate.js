// Says calmly that there is no connection, and as of when the page stands; nothing when all is fine.

const GRACE = 2500;
let since = new Date();
let timer = null;

export function showState(fine) {
  const pill = document.querySelector(".linkstate");
  if (!pill) return;
  if (fine) {
    since = new Date();
    timer = clearTimeout(timer) ?? null;
    pill.hidden = true;
    document.documentElement.toggleAttribute("data-offline", false);
    return;
  }
  timer ??= setTimeout(() => {
    const time = since.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    pill.textContent = pill.dataset.text.replace("{time}", time);
    pill.hidden = false;
    document.documentElement.toggleAttribute("data-offline", true);
  }, GRACE);
}
