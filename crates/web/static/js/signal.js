// Says when all pictures are ready to somebody who looks elsewhere: in the title, and if they asked for it by a sound or a notification.
const KEPT = 'signals';
const at = (id) => document.getElementById(id);
let wants = { sound: '', notify: false }, audio;
try { wants = { ...wants, ...JSON.parse(localStorage.getItem(KEPT)) }; } catch { /* silent */ }

// Tones as [Hz, begins, lasts]: nothing is loaded.
const sounds = {
  bell: [[880, 0, 1.1], [1320, 0, 0.7]],
  click: [[1600, 0, 0.05]],
  chime: [[523, 0, 0.5], [659, 0.14, 0.5], [784, 0.28, 0.8]],
};

function play(name) {
  if (!sounds[name]) return;
  audio ??= new AudioContext();
  audio.resume();
  for (const [hertz, begins, lasts] of sounds[name]) {
    const tone = audio.createOscillator(), loud = audio.createGain(), from = audio.currentTime + begins;
    tone.frequency.value = hertz;
    loud.gain.setValueAtTime(0.0001, from);
    loud.gain.exponentialRampToValueAtTime(0.2, from + 0.01);
    loud.gain.exponentialRampToValueAtTime(0.0001, from + lasts);
    tone.connect(loud).connect(audio.destination);
    tone.start(from);
    tone.stop(from + lasts);
  }
}

export function restore() {
  at('sound').value = wants.sound;
  at('notify').checked = wants.notify && globalThis.Notification?.permission === 'granted';
}

// Everything is finished; `words` is what was said about it.
export function ended(words) {
  play(wants.sound);
  if (!document.hidden) return;
  document.title = `Ready: ${document.title}`;
  if (wants.notify && globalThis.Notification?.permission === 'granted') {
    const note = new Notification(document.title, { body: words, tag: 'ready' });
    note.addEventListener('click', () => { focus(); note.close(); });
  }
}

async function change({ target }) {
  if (target.id === 'sound') { wants.sound = target.value; play(target.value); }
  if (target.id === 'notify') {
    const may = target.checked && globalThis.Notification ? await Notification.requestPermission() : 'default';
    wants.notify = may === 'granted';
    at('signal-said').textContent = target.checked && !wants.notify ? 'Your browser does not allow it for this site.' : '';
    target.checked = wants.notify;
  }
  if (target.id === 'sound' || target.id === 'notify') try { localStorage.setItem(KEPT, JSON.stringify(wants)); } catch { /* it lasts for this page */ }
}

document.addEventListener('change', change);
document.addEventListener('visibilitychange', () => { if (!document.hidden) document.title = document.title.replace(/^Ready: /, ''); });
restore();
