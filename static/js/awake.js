/** Keep the screen on, where the browser can, until the returned function is called. */
export function keepAwake() {
  let lock = null;

  // The browser lets go of it whenever the page is out of sight.
  async function ask() {
    if (document.visibilityState !== "visible") return;
    const found = await navigator.wakeLock?.request("screen").catch(() => null);
    if (isOver) found?.release();
    else lock = found;
  }

  let isOver = false;
  document.addEventListener("visibilitychange", ask);
  ask();
  return () => {
    isOver = true;
    document.removeEventListener("visibilitychange", ask);
    lock?.release();
  };
}
