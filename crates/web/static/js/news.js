// Tells that there are newer pictures, and never puts them in under the eyes of somebody who reads.
const place = document.querySelector('[data-news]');
const EVERY = 10_000;
let known = 0;

async function look() {
  if (document.hidden || !place.isConnected) return;
  const answer = await fetch(place.dataset.news).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const { count } = await answer.json();
  if (!count || count === known) return;
  known = count;
  const link = document.createElement('a');
  link.className = 'button solid low';
  link.href = location.href.split('#')[0];
  link.textContent = `${count >= 100 ? '100 or more' : count} new`;
  link.addEventListener('click', (event) => { event.preventDefault(); scrollTo(0, 0); location.reload(); });
  place.replaceChildren(link);
}

if (place) {
  setInterval(look, EVERY);
  for (const name of ['focus', 'pageshow']) addEventListener(name, look);
  document.addEventListener('visibilitychange', look);
}
