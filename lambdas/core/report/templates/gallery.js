// Filter, sort and search the gallery. It only hides and reorders the items of the page.
(() => {
  const byId = (id) => document.getElementById(id);
  const gallery = byId("gallery"), tools = byId("tools"), shown = byId("shown"), sort = byId("sort"), search = byId("search");
  const statuses = [...tools.querySelectorAll("input[name=status]")];
  const number = (name) => (card) => Number(card.dataset[name]);
  const rank = (card) => card.dataset.status === "ACCEPTED" ? statuses.length : statuses.findIndex((one) => one.value === card.dataset.status);
  const cards = [...gallery.children];
  const orders = {
    line: () => 0,
    status: (a, b) => rank(a) - rank(b),
    cost: (a, b) => number("cost")(b) - number("cost")(a),
    attempts: (a, b) => number("attempts")(b) - number("attempts")(a),
  };
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
  let texts = null;

  const filter = () => {
    const status = statuses.find((one) => one.checked).value, words = plain(search.value);
    if (words && !texts) {
      texts = new Map(cards.map((card) => [card, plain([...card.querySelectorAll("h3, .prompt > *, p.prompt")].map((one) => one.textContent).join(" "))]));
    }
    let count = 0;
    for (const card of cards) {
      card.hidden = Boolean((status && card.dataset.status !== status) || (words && !texts.get(card).includes(words)));
      count += !card.hidden;
    }
    shown.textContent = count === cards.length ? `${count.toLocaleString("en")} shown` : `${count.toLocaleString("en")} of ${cards.length.toLocaleString("en")} shown`;
  };
  const reorder = () => {
    // Array.sort is stable: equal cards stay in the order of their lines.
    gallery.replaceChildren(...[...cards].sort(orders[sort.value]));
  };

  for (const one of statuses) one.addEventListener("change", filter);
  search.addEventListener("input", filter);
  sort.addEventListener("change", reorder);
  shown.textContent = `${cards.length.toLocaleString("en")} shown`;
  tools.hidden = false;
})();
