// The wall of commitments in the hall: where a column has more sheets than fit, it shows one screenful after the other.

const EACH = 12000;

export function connect(root) {
  const lists = [...root.querySelectorAll(".pacts__list")];

  function turn() {
    for (const list of lists) {
      const isAtEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 2;
      list.scrollTo({ top: isAtEnd ? 0 : list.scrollTop + list.clientHeight * 0.9 });
    }
  }

  const timer = setInterval(turn, EACH);
  return () => clearInterval(timer);
}
