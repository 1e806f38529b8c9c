// The browser's own print dialogue.

export function connect(button) {
  const print = () => window.print();
  button.addEventListener("click", print);
  return () => button.removeEventListener("click", print);
}
