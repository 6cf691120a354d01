// Filter, sort and search the gallery. It only hides, reorders and shows what is in the page.
(() => {
  const byId = (id) => document.getElementById(id);
  const gallery = byId("gallery"), tools = byId("tools"), shown = byId("shown"), sort = byId("sort"), search = byId("search");
  const statuses = [...tools.querySelectorAll("input[name=status]")];
  const rank = (card) => card.dataset.status === "ACCEPTED" ? statuses.length : statuses.findIndex((one) => one.value === card.dataset.status);
  const most = (name) => (a, b) => b.dataset[name] - a.dataset[name];
  const orders = {line: () => 0, status: (a, b) => rank(a) - rank(b), cost: most("cost"), attempts: most("attempts")};
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
  let cards = [...gallery.children], texts = new Map();

  const searched = (card) => {
    if (!texts.has(card)) {
      texts.set(card, plain([...card.querySelectorAll("h3, p.prompt, .prompt > *")].map((one) => one.textContent).join(" ")));
    }
    return texts.get(card);
  };
  const filter = () => {
    const status = statuses.find((one) => one.checked).value, words = plain(search.value);
    let count = 0;
    for (const card of cards) {
      card.hidden = Boolean((status && card.dataset.status !== status) || (words && !searched(card).includes(words)));
      count += !card.hidden;
    }
    const [some, all] = [count, cards.length].map((number) => number.toLocaleString("en"));
    shown.textContent = count === cards.length ? `${all} shown` : `${some} of ${all} shown`;
  };
  // Array.sort is stable: equal cards stay in the order of their lines.
  const reorder = () => gallery.replaceChildren(...[...cards].sort(orders[sort.value]));
  // The cards that the page leaves to the script until it is painted.
  const fill = () => {
    const template = document.createElement("template");
    template.innerHTML = byId("rest").textContent;
    cards = [...cards, ...template.content.querySelectorAll("li")];
    byId("waiting").remove();
    reorder();
    filter();
  };

  for (const one of statuses) one.addEventListener("change", filter);
  search.addEventListener("input", filter);
  sort.addEventListener("change", reorder);
  tools.hidden = false;
  if (byId("rest")) requestAnimationFrame(() => setTimeout(fill)); else filter();
})();
