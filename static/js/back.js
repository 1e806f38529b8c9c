// «‹» leads back to where one came from, as it was left there: the browser keeps the place on the page.

const FORMS = /\/(new|edit|placement)$/;

const path = (address) => new URL(address, location.href).pathname;
// A page itself, and the forms that lie below it or are only passed through, are not where one came from.
const isPassed = (there) => there === location.pathname || there.startsWith(`${location.pathname}/`) || FORMS.test(there);

/** How many steps back the last page lies that is no form; 0 if that is not known. */
function steps() {
  const { navigation } = window;
  if (navigation?.currentEntry) {
    const before = navigation.entries().slice(0, navigation.currentEntry.index).reverse();
    return before.findIndex(({ url }) => url && !isPassed(path(url))) + 1;
  }
  const isNear = document.referrer && new URL(document.referrer).origin === location.origin;
  return isNear && !isPassed(path(document.referrer)) ? 1 : 0;
}

export function connect(link) {
  const event = link.pathname.split("/")[1];
  const lead = (tap) => {
    const count = steps();
    if (!count || tap.ctrlKey || tap.metaKey || tap.shiftKey) return;
    tap.preventDefault();
    history.go(-count);
  };
  const entries = window.navigation?.entries?.() ?? [];
  const there = entries.at((window.navigation?.currentEntry?.index ?? 0) - steps())?.url;
  // Another page than the one that the link names, of the same event.
  if (steps() && there && path(there) !== link.pathname && path(there).startsWith(`/${event}/`)) {
    link.querySelector("span").textContent = link.dataset.back;
  }
  link.addEventListener("click", lead);
  return () => link.removeEventListener("click", lead);
}
