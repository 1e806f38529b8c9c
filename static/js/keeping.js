// Files that are on their way from this phone, and what is known of each. Both are kept here until all of a file has arrived.

// Where the browser keeps no files, they last as long as their page.
const inMemory = new Map();
const PREFIX = "sending:";

/** The name under which what is known of a file is stored. */
export const noted = (ref) => PREFIX + ref;

function database(mode, work) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("openspace", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("files");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("files", mode);
      const asked = work(transaction.objectStore("files"));
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
      transaction.oncomplete = () => {
        opening.result.close();
        resolve(asked.result);
      };
    };
  });
}

export const keep = (ref, file) => database("readwrite", (files) => files.put(file, ref)).catch(() => inMemory.set(ref, file));

/** The file behind a ref; null if the phone does not have it any more. */
export const kept = async (ref) => inMemory.get(ref) ?? (await database("readonly", (files) => files.get(ref)).catch(() => null));

export function forget(ref) {
  inMemory.delete(ref);
  localStorage.removeItem(noted(ref));
  return database("readwrite", (files) => files.delete(ref)).catch(() => {});
}

export const facts = (ref) => JSON.parse(localStorage.getItem(noted(ref)) ?? "null");
export const note = (ref, more) => localStorage.setItem(noted(ref), JSON.stringify({ ...facts(ref), ...more }));
export const member = () => document.querySelector(".toasts")?.dataset.member;

/** What this member has on the way, for the form of this name: refs and what is known of each. */
export const waiting = (draft) =>
  Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => [key.slice(PREFIX.length), JSON.parse(localStorage.getItem(key))])
    .filter(([, about]) => about.member === member() && (!draft || (about.draft === draft && !about.isHandedIn)));
