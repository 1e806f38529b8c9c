/** Store a text on this phone. Returns whether there was room for it: a browser gives each site a few megabytes. */
export function store(key, text) {
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}
