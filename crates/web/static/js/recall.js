// What a picture was made from comes back into the composer: by a link, with a word on what that changed and the way back; or by a file that is dropped, pasted or chosen, part by part.
import { reckon } from './compose.js';
import { parameters, text } from './words.js';

const at = (id) => document.getElementById(id);
const form = () => at('composer');
const NAMES = { prompt: 'prompt', negative_prompt: 'negative prompt', model: 'model', size: 'size', count: 'pictures', seed: 'seed', folder_id: 'folder' };

const fields = () => Object.fromEntries([...new FormData(form())].filter(([name]) => name in NAMES));
function fill(values) {
  for (const [name, value] of Object.entries(values)) {
    const field = form().elements[name];
    if (!field) continue;
    if (field instanceof RadioNodeList) { for (const radio of field) if (radio.value === value) radio.checked = true; } else field.value = value;
    if (field.selectedIndex < 0) field.value = '';
  }
  reckon();
  form().dispatchEvent(new Event('input', { bubbles: true }));
}

// A field's value as the form shows it.
function shown(name, value) {
  if (name === 'model') return form().querySelector(`[name="model"][value="${CSS.escape(value)}"]`)?.dataset.name ?? value;
  if (name === 'size') return form().querySelector(`[name="size"][value="${CSS.escape(value)}"]`)?.dataset.ratio ?? value;
  if (name === 'folder_id') return [...form().elements.folder_id.options].find((one) => one.value === value)?.text ?? '';
  const short = [...value].slice(0, 40).join('');
  return short.length < value.length ? `${short} …` : short;
}

// One line over the form: what it was, what it is, and the way back.
function tell(before, after, notes = []) {
  at('recalled')?.remove();
  const changed = Object.keys(NAMES).filter((name) => (before[name] ?? '') !== (after[name] ?? ''));
  if (!changed.length && !notes.length) return;
  const line = document.createElement('div');
  line.id = 'recalled';
  line.className = 'recalled';
  line.setAttribute('role', 'status');
  if (changed.length) line.append('Changed:');
  for (const name of changed) {
    const chip = document.createElement('span'), old = document.createElement('s');
    old.textContent = shown(name, before[name] ?? '') || (name === 'seed' ? 'random' : 'none');
    const now = shown(name, after[name] ?? '') || (name === 'seed' ? 'random' : 'none');
    if (name === 'prompt' || name === 'negative_prompt') chip.append(NAMES[name]); else chip.append(`${NAMES[name]} `, old, ` ${now}`);
    line.append(chip);
  }
  if (changed.length) {
    const back = document.createElement('button');
    back.type = 'button';
    back.className = 'button low';
    back.textContent = 'Undo';
    back.addEventListener('click', () => { fill(before); form().elements.remix_of?.remove(); line.remove(); at('prompt').focus(); });
    line.append(back);
  }
  for (const note of notes) { const p = document.createElement('p'); p.textContent = note; line.append(p); }
  form().prepend(line);
}

// A link came here while something else was typed: the parts it takes are changed, the others stay as typed.
function linked() {
  const taken = at('main').dataset.recalled?.split(' ');
  if (!taken) return;
  const own = form().dataset.draft;
  let kept = null;
  try { kept = own ? localStorage.getItem(`draft:${own}`) : sessionStorage.getItem('draft'); } catch { return; }
  const draft = Object.fromEntries([...new URLSearchParams(kept ?? '')].filter(([name]) => name in NAMES));
  if (!Object.keys(draft).length) return;
  const came = fields(), before = { ...came, ...draft };
  const after = { ...before };
  for (const name of taken) after[name] = came[name] ?? '';
  fill(after);
  if (draft.prompt?.trim()) tell(before, after);
}

// What a file says, as the fields of our form. What is not on offer is named and left out.
function read(found) {
  const { prompt, negative, values } = found, notes = [], parts = { prompt: { prompt, negative_prompt: negative } };
  const model = values.Model && form().querySelector(`[name="model"][value="${CSS.escape(values.Model)}"]`);
  if (model) parts.model = { model: model.value }; else if (values.Model) notes.push(`${values.Model} is not on offer here; the model stays as it is.`);
  const [width, height] = (values.Size ?? '').split('x').map(Number);
  const sizes = [...form().querySelectorAll('[name="size"]')], ratio = (one) => { const [w, h] = one.dataset.ratio.split(':'); return Math.abs(Math.log((w / h) / (width / height))); };
  const size = sizes.find((one) => one.value === values.Preset) ?? (width && height && sizes.toSorted((a, b) => ratio(a) - ratio(b))[0]);
  if (size) parts.size = { size: size.value };
  if (/^\d{1,20}$/.test(values.Seed ?? '')) parts.seed = { seed: values.Seed };
  return { parts, notes };
}

async function offer(file) {
  const words = text(new Uint8Array(await file.arrayBuffer())), found = words && parameters(words);
  if (!found) { tell(fields(), fields(), ['This file does not say what it was made from.']); return; }
  const { parts, notes } = read(found), dialog = at('recall');
  const rows = Object.entries(parts).map(([part, values]) => {
    const label = document.createElement('label'), box = document.createElement('input'), name = document.createElement('b'), said = document.createElement('span');
    Object.assign(box, { type: 'checkbox', name: part, checked: true });
    name.textContent = part[0].toUpperCase() + part.slice(1);
    said.textContent = part === 'prompt' ? values.prompt : shown(part, values[part]);
    label.append(box, name, said);
    return label;
  });
  at('found').replaceChildren(...rows);
  dialog.returnValue = '';
  dialog.showModal();
  dialog.addEventListener('close', () => {
    if (dialog.returnValue !== 'take') return;
    const before = fields(), taken = rows.map((row) => row.firstChild).filter((box) => box.checked);
    fill(Object.assign({}, ...taken.map((box) => parts[box.name])));
    tell(before, fields(), notes);
    at('prompt').focus();
  }, { once: true });
}

const picture = (list) => [...list ?? []].find((file) => /^image\/(png|jpeg|webp)$/.test(file.type));
const carries = (event) => [...event.dataTransfer?.types ?? []].includes('Files');
const over = (is) => form().classList.toggle('over', is);

document.addEventListener('dragover', (event) => { if (!carries(event)) return; event.preventDefault(); over(Boolean(event.target.closest?.('#composer'))); });
document.addEventListener('dragleave', (event) => { if (!event.relatedTarget) over(false); });
document.addEventListener('drop', (event) => {
  if (!carries(event)) return;
  event.preventDefault();
  over(false);
  const file = picture(event.dataTransfer.files);
  if (file && event.target.closest?.('#composer')) offer(file);
});
document.addEventListener('paste', (event) => {
  const file = picture(event.clipboardData?.files);
  if (file && !document.querySelector('dialog[open]')) { event.preventDefault(); offer(file); }
});

// The same without dragging.
const choose = document.createElement('button'), input = document.createElement('input');
Object.assign(input, { type: 'file', accept: 'image/png,image/jpeg,image/webp', hidden: true });
Object.assign(choose, { type: 'button', className: 'from-file', textContent: 'Read a file' });
choose.addEventListener('click', () => input.click());
input.addEventListener('change', () => { const [file] = input.files; input.value = ''; if (file) offer(file); });
at('prompt-keys').after(choose);
// There is no room for both; the sheet of keys has it too.
at('prompt-keys').classList.add('said');
document.body.append(input);

linked();
