// Every page there is, by name, so that none is left out of a look or a picture.
import { Api } from './api.mjs';

/** Pages open to anybody: [name, path, status]. */
export const open = [
  ['landing', '/', 200],
  ['pricing', '/pricing', 200],
  ['terms', '/terms', 200],
  ['privacy', '/privacy', 200],
  ['keys', '/keys', 200],
  ['sign-in', '/sign-in', 200],
  ['sign-in-link', '/sign-in/link/x/y', 200],
  ['address-undo', '/account/address/undo/x', 200],
  ['outbox', '/dev/outbox', 200],
  ['api', '/api', 200],
  ['not-found', '/nowhere', 404],
  ['problem', '/problems/insufficient-credits', 200],
];

const works = [
  ['A lighthouse on a rock at first light, the lamp just lit, a calm sea and thin fog', 'landscape_4_3', 2],
  ['Hot-air balloons drifting over a misty valley at sunrise', 'portrait_4_3', 1],
  ['Layered paper mountains, a red paper sun, a flock leaving', 'square_hd', 2],
  ['A red rowing boat on a still lake, morning mist, far hills', 'landscape_16_9', 1],
  ['Silk in coral and teal, folds catching the light', 'square_hd', 1],
  ['Dunes at noon, hard shadows, one line of tracks', 'landscape_4_3', 2],
  ['Linocut of a full moon over a quiet sea, one white sail', 'portrait_16_9', 1],
  ['Northern lights over a frozen harbour', 'landscape_16_9', 1],
];

/** A member with pictures in two folders, likes and trash; and their pages: [name, path, status]. */
export async function furnished(studio, email) {
  const api = await Api.of(studio, email, 40);
  const coast = await api.call('POST', '/folders', { name: 'Coast' });
  const posters = await api.call('POST', '/folders', { name: 'Posters' });
  await api.call('POST', '/folders', { name: 'Spring series', parent_id: posters.id });
  for (const [n, [prompt, size, count]] of works.entries()) {
    const folder_id = /sea|lake|harbour/.test(prompt) ? coast.id : undefined;
    await api.make({ prompt, size, count, folder_id, seed: String(n + 1) });
  }
  const images = await api.images();
  for (const { id } of images.slice(0, 3)) await api.call('PATCH', `/images/${id}`, { liked: true });
  const gone = images.at(-1);
  await api.call('DELETE', `/images/${gone.id}`);
  const generation = (await api.get('/generations?limit=100')).items.find(({ count }) => count === 2);
  return [
    ['studio', '/studio', 200],
    ['prompts', '/studio/prompts', 200],
    ['prompts-no-match', '/studio/prompts?q=zebra', 200],
    ['generation', `/studio/generations/${generation.id}`, 200],
    ['gallery', '/gallery', 200],
    ['gallery-liked', '/gallery?liked=true', 200],
    ['gallery-folder', `/gallery?folder_id=${coast.id}`, 200],
    ['gallery-no-match', '/gallery?q=zebra', 200],
    ['gallery-trash', '/gallery?trashed=true', 200],
    ['image', `/images/${images[1].id}?liked=true`, 200],
    ['image-trashed', `/images/${gone.id}?trashed=true`, 200],
    ['billing', '/billing', 200],
    ['account', '/account', 200],
    ['account-activity', '/account/activity', 200],
    ['account-confirm', '/account/confirm', 200],
    ['account-delete', '/account/delete', 200],
    ['member-not-found', `/images/${coast.id}`, 404],
  ];
}
