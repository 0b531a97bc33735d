// What a user of the generated client would write; it must compile as strictly as TypeScript can be.
import assert from 'node:assert/strict';
import { client } from './client/client.gen.js';
import {
  createFolder, createGeneration, getGeneration, listImages, listModels, trashImage, updateImage,
} from './client/index.js';

const [, , baseUrl, key] = process.argv;
client.setConfig({ baseUrl: baseUrl!, auth: () => key! });
const throwOnError = true;

const { data: models } = await listModels({ throwOnError });
assert.ok(models.data.items.some(({ slug }) => slug === 'flux-schnell'));

const order = {
  body: { prompt: 'a red fox', count: 2, seed: '7' },
  headers: { 'Idempotency-Key': 'once' },
  throwOnError,
} as const;
const { data: made } = await createGeneration(order);
assert.equal((await createGeneration(order)).data.data.id, made.data.id);
assert.equal(made.credits_left, 8);
let state: string = made.data.state;
while (state === 'running') {
  await new Promise((resolve) => setTimeout(resolve, 50));
  state = (await getGeneration({ path: { id: made.data.id }, throwOnError })).data.data.state;
}
assert.equal(state, 'stored');

const { data: folder } = await createFolder({ body: { name: 'Foxes' }, throwOnError });
const images = (await listImages({ throwOnError })).data.data.items;
assert.deepEqual(images.map(({ seed }) => seed).sort(), ['7', '8']);
for (const { id } of images) {
  const body = { liked: true, folder_id: folder.data.id };
  assert.ok((await updateImage({ path: { id }, body, throwOnError })).data.data.liked);
}
const query = { liked: true, folder_id: folder.data.id };
assert.equal((await listImages({ query, throwOnError })).data.data.items.length, 2);
await trashImage({ path: { id: images[0]!.id }, throwOnError });
assert.equal((await listImages({ throwOnError })).data.data.items.length, 1);
assert.equal((await listImages({ query: { trashed: true }, throwOnError })).data.data.items.length, 1);

const refused = await createGeneration({ body: { prompt: 'a red fox', model: 'no-such-model' as never } });
assert.equal(refused.response?.status, 422);
assert.equal(refused.error?.field, 'model');
console.log('the journey is made');
