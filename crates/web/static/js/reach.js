// The studio's single keys: each presses what is on the page.
const at = (id) => document.getElementById(id);
const acts = {
  p: () => at('earlier').click(),
  l: () => at('lock').click(),
  '+': () => at('next-seed').click(),
  o: () => document.querySelector('.slot.ready a.sheet, .recent a')?.click(),
};
for (const n of ['1', '2', '3', '4']) acts[n] = () => document.querySelector(`#composer input[name="count"][value="${n}"]`).click();

export function reach() {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !(event.key in acts)) return;
    if (event.target.closest('input:not([type="radio"], [type="checkbox"]), select, textarea') || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    acts[event.key]();
  });
}
