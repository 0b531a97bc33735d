// Selecting many: Shift takes all between, Ctrl+A all that are shown, x the one in focus, Escape none; "all that match" tells how many those are.
const form = document.querySelector('[data-bulk]');
const boxes = () => [...form.querySelectorAll('.pick input')];
const any = () => form.querySelector('.pick :checked');
const all = form.elements.all, label = all?.nextElementSibling, said = label?.textContent;
let last = null;

function choose(box, range) {
  const list = boxes(), [from, to] = [list.indexOf(last), list.indexOf(box)].sort((a, b) => a - b);
  if (range && last?.isConnected) for (const one of list.slice(from, to + 1)) one.checked = box.checked;
  last = box;
}

form.addEventListener('click', (event) => {
  const box = event.target.closest('.pick input');
  if (box) return choose(box, event.shiftKey);
  // While some are selected, a press on a picture selects it too.
  const link = event.target.closest('.tile > a');
  if (!link || !(any() || event.shiftKey) || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  const own = link.parentElement.querySelector('.pick input');
  own.checked = !own.checked;
  choose(own, event.shiftKey);
}, true);

document.addEventListener('keydown', (event) => {
  if (event.target.closest('input:not([type="checkbox"]), select, textarea') || document.querySelector('dialog[open]')) return;
  if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    for (const box of boxes()) box.checked = true;
  } else if (event.key === 'x' && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = event.target.closest('.tile')?.querySelector('.pick input');
    if (box) { box.checked = !box.checked; choose(box, false); }
  } else if (event.key === 'Escape' && any()) {
    form.reset();
  }
});

all?.addEventListener('change', async () => {
  if (!all.checked) return;
  const answer = await fetch(form.dataset.ids).catch(() => null);
  if (answer?.ok && !answer.redirected) label.textContent = `All ${new Intl.NumberFormat('en').format((await answer.json()).ids.length)} that match`;
});
form.addEventListener('reset', () => { if (label) label.textContent = said; });

// Narrows the folders of a dialog to those whose path holds what is typed.
const finds = document.querySelector('[data-finds]');
finds?.addEventListener('input', () => {
  for (const choice of document.querySelectorAll('#move .places label')) choice.hidden = !choice.textContent.toLowerCase().includes(finds.value.trim().toLowerCase());
});
finds?.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter') return;
  event.preventDefault();
  const first = document.querySelector('#move .places label:not([hidden]) input');
  if (first) { first.checked = true; first.focus(); }
});
