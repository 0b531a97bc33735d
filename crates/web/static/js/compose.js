// The composer while it is filled in: the price on the button, the seed's lock, Ctrl+Enter.
// Prices are the server's own, from the model's radio; the server refuses to charge anything else than the button said.
const at = (id) => document.getElementById(id);
const form = () => at('composer');
const number = new Intl.NumberFormat('en');
const credits = (n) => `${number.format(n)} ${n === 1 ? 'credit' : 'credits'}`;
const chosen = (name) => form().querySelector(`input[name="${name}"]:checked`);
const draft = () => `draft:${form().dataset.draft}`;

function pay() {
  const box = form().querySelector('.pay');
  const [balance, debt] = [Number(box.dataset.balance), Number(box.dataset.debt)];
  const [each, count] = [Number(chosen('model').dataset.price), Number(chosen('count').value)];
  const total = each * count, pays = !debt && total <= balance;
  form().elements.price.value = total;
  at('count-said').textContent = count;
  at('price-said').textContent = credits(total);
  at('each-said').textContent = `${credits(each)} a picture`;
  at('after-said').textContent = pays ? `leaves ${number.format(balance - total)} of ${number.format(balance)}` : `you have ${credits(balance)}`;
  if (at('missing-said')) at('missing-said').textContent = credits(total - balance);
  at('generate').hidden = !pays;
  at('top-up').hidden = pays;
}

function summary() {
  const count = Number(chosen('count').value);
  at('summary').textContent = `${chosen('model').dataset.name} · ${chosen('size').dataset.ratio} · ${count} ${count === 1 ? 'picture' : 'pictures'}`;
}

function style() {
  at('style-said').textContent = chosen('style').dataset.name;
}

function length() {
  const said = at('prompt-count'), most = Number(said.dataset.most), is = [...form().elements.prompt.value.trim()].length;
  said.textContent = `${number.format(is)} of ${number.format(most)}`;
  said.classList.toggle('bad', is > most);
}

function lock() {
  at('lock').setAttribute('aria-pressed', String(form().elements.seed.value.trim() !== ''));
}

function press() {
  const seed = form().elements.seed;
  const last = document.querySelector('[data-seed]')?.dataset.seed;
  seed.value = seed.value.trim() ? '' : last ?? crypto.getRandomValues(new Uint32Array(1))[0];
  lock();
}

function next() {
  const seed = form().elements.seed;
  const from = seed.value.trim() || document.querySelector('[data-seed]')?.dataset.seed || '0';
  if (/^\d{1,20}$/.test(from)) seed.value = String(BigInt.asUintN(64, BigInt(from) + 1n));
  lock();
  keep();
}

// What is typed outlives a way to the till, a closed window and a crash; it goes when its owner signs out.
function keep() {
  try { localStorage.setItem(draft(), new URLSearchParams(new FormData(form())).toString()); } catch { /* private window: it lasts for this page */ }
}

function resume() {
  let kept = null;
  try { kept = new URLSearchParams(localStorage.getItem(draft()) ?? ''); } catch { return; }
  if (location.pathname !== '/studio' || location.search || !kept.get('prompt') || form().elements.prompt.value) return;
  for (const name of ['prompt', 'negative_prompt', 'seed', 'folder_id']) form().elements[name].value = kept.get(name) ?? '';
  if (form().elements.folder_id.selectedIndex < 0) form().elements.folder_id.value = '';
  for (const name of ['model', 'size', 'count', 'style']) for (const radio of form().elements[name]) if (radio.value === kept.get(name)) radio.checked = true;
}

export const forget = () => { try { localStorage.removeItem(draft()); } catch { /* nothing was kept */ } };

export function reckon(balance) {
  if (balance !== undefined) form().querySelector('.pay').dataset.balance = balance;
  for (const part of [pay, summary, style, length, lock]) part();
}

function inside(listen) {
  return (event) => { if (form().contains(event.target)) listen(event); };
}

export function compose() {
  resume();
  document.addEventListener('click', (event) => { if (event.target.closest('#lock')) press(); else if (event.target.closest('#next-seed')) next(); });
  document.addEventListener('input', inside(() => { reckon(); keep(); }));
  document.addEventListener('keydown', inside((event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (at('generate').hidden) at('top-up').focus(); else form().requestSubmit(at('generate'));
  }));
  // A page out of the browser's drawer: the fields are as they were left, the price must follow.
  addEventListener('pageshow', () => reckon());
  reckon();
}
