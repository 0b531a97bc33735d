// Pictures come up as they are made: by events, by looking once a second when events do not come, and by forms sent in the background.
// Every message is the truth of now, so one that comes twice, late or not at all does no harm: the page is fetched whole when in doubt.
import { forget, reckon } from './compose.js';
import { element, page } from './html.js';
import { ended, restore } from './signal.js';
import { sharpen } from './sharpen.js';

const LOOK = 1000, PATIENCE = 3, GATHER = 400;
const main = document.getElementById('main');
const at = (id) => document.getElementById(id);
const busy = () => 'busy' in main.dataset;
let source, failures = 0, looking, gathering, told = 0;

// Puts `fresh` where `old` was; a focus inside stays on the same control, or on the nearest thing to it.
function swap(old, fresh) {
  const held = old.contains(document.activeElement), place = [...old.querySelectorAll('a, button')].indexOf(document.activeElement);
  old.replaceWith(fresh);
  sharpen(fresh);
  if (!held) return;
  const controls = fresh.querySelectorAll('a, button');
  if (!controls.length) fresh.tabIndex = -1;
  (controls[place] ?? controls[0] ?? fresh).focus({ preventScroll: true });
}

function balance(credits) {
  at('meter').textContent = new Intl.NumberFormat('en').format(credits);
  at('meter').parentElement.querySelector('.unit').textContent = credits === 1 ? 'credit' : 'credits';
  reckon(credits);
}

// One polite line: what became ready since the last one, then the whole.
const spoken = new Set([...document.querySelectorAll('.slot:not([aria-busy])')].map((slot) => slot.id));
function tell() {
  const slots = [...document.querySelectorAll('.slots .slot')];
  const ready = slots.filter((slot) => slot.classList.contains('ready')), open = slots.filter((slot) => slot.ariaBusy === 'true');
  document.title = document.title.replace(/^(\(\d+\/\d+\) )?/, open.length ? `(${ready.length}/${slots.length}) ` : '');
  const fresh = slots.filter((slot) => slot.ariaBusy !== 'true' && !spoken.has(slot.id));
  if (!fresh.length) return;
  for (const slot of fresh) spoken.add(slot.id);
  const line = fresh.map((slot) => `Picture ${slot.dataset.number} of ${slot.dataset.of} ${slot.classList.contains('ready') ? 'ready' : slot.querySelector('strong')?.textContent ?? ''}`);
  if (!open.length && slots.length > 1) line.push(`${ready.length} of ${slots.length} ready, ${at('meter').textContent} credits left`);
  at('said').textContent = line.join('. ');
}

// What a person sees of a slot or the list beside; times that run and links that are signed anew are no change.
const looks = (node) => [node.className, ...[...node.querySelectorAll('h2, p, strong:not([data-elapsed]), .small, .edge, button, .slot .pic, li > a')].map((part) => part.getAttribute('href') ?? part.textContent)].join('|');
const settle = (old, fresh) => { if (looks(old) !== looks(fresh)) swap(old, fresh); };

// Takes from a fetched page what changes by itself; the composer's fields are the person's own.
function take(fresh) {
  const generation = (root) => root.querySelector('.slots')?.dataset.generation;
  if (generation(main) && generation(main) === generation(fresh)) {
    for (const slot of fresh.querySelectorAll('.slots .slot')) settle(at(slot.id), slot);
  } else {
    swap(at('stage'), fresh.getElementById('stage'));
  }
  settle(at('flight'), fresh.getElementById('flight'));
  at('composer').elements.key.value = fresh.getElementById('composer').elements.key.value;
  const worked = busy();
  const { since, busy: unfinished } = fresh.getElementById('main').dataset;
  main.dataset.since = since;
  main.toggleAttribute('data-busy', unfinished !== undefined);
  balance(Number(fresh.querySelector('.pay').dataset.balance));
  tell();
  if (worked && !busy()) ended(at('said').textContent);
}

async function refresh() {
  const before = told;
  const answer = await fetch(location.href);
  if (answer.redirected || !answer.ok) return location.reload();
  const fresh = page(await answer.text());
  // What events told meanwhile is newer than this page: taking it would undo them.
  if (told === before) take(fresh); else gather();
}

// Several changes in a moment are one look at the rest of the page.
function gather() {
  gathering ??= setTimeout(() => { gathering = undefined; refresh().catch(() => {}); }, GATHER);
}

function changed({ data }) {
  told += 1;
  const news = JSON.parse(data), old = at(`slot-${news.id}`);
  if (old) settle(old, element(news.html));
  tell();
  gather();
}

function watch() {
  if (!busy() || source || looking) return;
  source = new EventSource(`/events?since=${main.dataset.since}`);
  source.addEventListener('open', () => { failures = 0; });
  source.addEventListener('render.changed', changed);
  source.addEventListener('balance.changed', ({ data }) => balance(JSON.parse(data).credits));
  source.addEventListener('resync', () => refresh().catch(() => {}));
  source.addEventListener('error', () => {
    // The browser comes back by itself with the last event it saw, unless it was told not to.
    const over = source.readyState === EventSource.CLOSED;
    if (!over && (failures += 1) < PATIENCE) return;
    source.close();
    source = undefined;
    look();
  });
}

// Without events: once a second, as long as something is unfinished; then events are tried again.
function look(left = 15) {
  looking = setTimeout(async () => {
    await refresh().catch(() => {});
    looking = undefined;
    if (busy()) left > 0 ? look(left - 1) : watch();
  }, LOOK);
}

// Sends a form in the background and shows the answer; anything unexpected is left to the browser,
// which may send it again: a form sent twice is charged once.
async function send(form) {
  const asks = form.id === 'composer';
  const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
  const fresh = page(await answer.text());
  if (asks && [402, 422].includes(answer.status)) return wrong(fresh.getElementById('composer'));
  if (!answer.ok || !fresh.getElementById('stage')) throw new Error(String(answer.status));
  if (asks) {
    forget();
    for (const fault of form.querySelectorAll('.error')) fault.remove();
    for (const field of form.querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid');
  }
  take(fresh);
  if (asks) scrollTo({ top: 0 });
  if (answer.url !== location.href) history.pushState(null, '', answer.url);
  watch();
}

// The composer as the server sent it back: all that was typed is in it, and what stands against it.
function wrong(fresh) {
  at('composer').replaceWith(fresh);
  restore();
  reckon();
  fresh.querySelector('[aria-invalid="true"], #top-up:not([hidden]), #generate')?.focus();
}

// Times run on between two messages.
function tick() {
  for (const time of document.querySelectorAll('[data-elapsed]')) {
    time.began ??= performance.now() - Number(time.dataset.elapsed);
    const ms = performance.now() - time.began, seconds = Math.floor(ms / 1000);
    time.textContent = seconds < 60 ? `${(Math.floor(ms / 100) / 10).toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
    const usual = time.parentElement.querySelector('[data-late]');
    if (usual && ms > Number(usual.dataset.late)) { usual.textContent = 'Taking longer than usual'; delete usual.dataset.late; }
  }
}

export function live() {
  document.addEventListener('submit', (event) => {
    const form = event.target.closest('.composer, .slot form');
    // The way to the till is a page of its own.
    if (!form || event.submitter?.hasAttribute('formaction')) return;
    event.preventDefault();
    if (form.ariaBusy === 'true') return;
    form.ariaBusy = 'true';
    send(form).catch(() => form.submit()).finally(() => { form.ariaBusy = null; });
  });
  addEventListener('popstate', () => location.reload());
  addEventListener('pagehide', () => source?.close());
  addEventListener('pageshow', (event) => { if (event.persisted) { source = undefined; refresh().then(watch, () => {}); } });
  setInterval(tick, 100);
  watch();
}
