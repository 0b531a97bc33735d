// Two people never see each other: every address and id of one is nothing to the other, to a stranger a way to the sign-in.
import assert from 'node:assert/strict';
import { Api } from './lib/api.mjs';
import { apiRoutes, filled, pageRoutes } from './lib/routes.mjs';
import { openStudio } from './lib/studio.mjs';


const packs = '[packs.small]\ncredits = 100\namount = 400\n';
const studio = await openStudio({ painter: [0.02, 0.1], config: packs });
const { journey } = studio;
const secret = 'adas secret garden';
const form = { name: 'mine', liked: 'true', folder_id: '', return_to: '/gallery' };
const bodies = {
  'PATCH /api/v1/folders/{id}': { name: 'mine' },
  'PATCH /api/v1/images/{id}': { liked: true },
};

/** Ada with one of everything, and Grace with one picture of her own. */
async function twoPeople(arrive, tag) {
  const [ada, grace] = [`ada-${tag}@example.com`, `grace-${tag}@example.com`];
  const api = await Api.of(studio, ada, 20);
  const others = await Api.of(studio, grace, 20);
  const folder = await api.call('POST', '/folders', { name: 'Garden' });
  const [image] = await api.make({ prompt: secret, folder_id: folder.id });
  const [own] = await others.make({ prompt: 'graces boat' });
  const { id: generation, renders: [render] } = await api.newest();
  const visitor = await (await arrive()).signIn(ada);
  await (await arrive()).signIn(ada);
  const account = await (await visitor.request('GET', '/account')).text();
  await visitor.request('POST', '/billing/buy', { form: { pack: 'small' } });
  const billing = await (await visitor.request('GET', '/billing')).text();
  const order = /orders(?:\/|&#x2f;)([0-9a-f-]{36})/.exec(billing)[1];
  const id = (kind) => new RegExp(`account(?:/|&#x2f;)${kind}(?:/|&#x2f;)([0-9a-f-]{36})`).exec(account)[1];
  const ids = {
    generations: generation, renders: render.id, folders: folder.id, images: image.id,
    sessions: id('sessions'), keys: id('keys'), orders: order,
  };
  return { api, others, own, ids, visitor, other: await (await arrive()).signIn(grace) };
}

/** All that Ada has, without links that are signed anew. */
async function belongings(api) {
  const images = (await api.images()).map(({ urls, ...image }) => image);
  return { images, trashed: await api.images('&trashed=true'), folders: await api.get('/folders'), credits: await api.credits() };
}

journey('every page and act with an id of another is not found', async (arrive) => {
  const { api, ids, visitor, other } = await twoPeople(arrive, 'pages');
  const stranger = await arrive();
  const routes = pageRoutes();
  assert.ok(routes.length >= 18, `too few addresses: ${routes.length}`);
  const before = await belongings(api);
  for (const [method, template] of routes) {
    const path = filled(template, ids);
    const options = method === 'POST' ? { form } : {};
    const answer = await other.request(method, path, options);
    assert.equal(answer.status(), 404, `${method} ${template} by another`);
    assert.ok(!(await answer.text()).includes(secret), `${method} ${template} tells the prompt`);
    const away = await stranger.request(method, path, options);
    assert.equal(away.status(), 303, `${method} ${template} by a stranger`);
    assert.match(away.headers().location, /^\/sign-in\?return_to=/);
  }
  assert.deepEqual(await belongings(api), before, 'nothing of hers has changed');
  // The same ids are hers to use: it was not the address that was wrong. What ends her sessions comes last.
  const ending = ([, path]) => /delete|sessions|keys/.test(path);
  for (const [method, template] of [...routes.filter((r) => !ending(r)), ...routes.filter(ending)]) {
    const answer = await visitor.request(method, filled(template, ids), method === 'POST' ? { form } : {});
    assert.ok(answer.status() < 400, `${method} ${template} by herself: ${answer.status()}`);
  }
});

journey('every call with an id of another is not found', async (arrive) => {
  const { api, others, ids } = await twoPeople(arrive, 'api');
  const routes = await apiRoutes(studio.url);
  assert.ok(routes.length >= 10, `too few addresses: ${routes.length}`);
  const before = await belongings(api);
  const call = (key, method, template) => {
    const body = bodies[`${method} ${template}`];
    const headers = { authorization: `Bearer ${key}` };
    if (method !== 'GET') headers['content-type'] = 'application/json';
    return fetch(studio.url + filled(template, ids), { method, headers, body: body && JSON.stringify(body), redirect: 'manual' });
  };
  for (const [method, template] of routes) {
    const answer = await call(others.key, method, template);
    assert.equal(answer.status, 404, `${method} ${template} by another`);
    assert.ok(!(await answer.text()).includes(secret), `${method} ${template}`);
  }
  assert.deepEqual(await belongings(api), before, 'nothing of hers has changed');
  for (const [method, template] of routes.filter(([method]) => method !== 'DELETE')) {
    const { status } = await call(api.key, method, template);
    // Her render has ended and her picture is not in the trash: that is said to her alone.
    assert.ok(status < 400 || status === 409, `${method} ${template} by herself: ${status}`);
  }
});

journey('an id of another inside a form or a filter opens nothing', async (arrive) => {
  const { api, others, own, ids, other } = await twoPeople(arrive, 'inside');
  const before = await belongings(api);
  const { credits } = await belongings(others);
  const ask = { prompt: 'graces kite', model: 'flux-schnell', size: 'square', count: '1', folder_id: ids.folders };
  for (const [path, fields, statuses] of [
    ['/studio', ask, [404, 422]],
    ['/gallery/bulk', { image: ids.images, act: 'trash', return_to: '/gallery' }, [404, 422]],
    ['/gallery/bulk', { image: ids.images, act: 'like', return_to: '/gallery' }, [404, 422]],
    ['/gallery/bulk', { image: own.id, act: 'move', folder_id: ids.folders, return_to: '/gallery' }, [404, 422]],
    [`/images/${own.id}/move`, { folder_id: ids.folders, return_to: '/gallery' }, [404, 422]],
    ['/folders', { name: 'inside', parent_id: ids.folders, return_to: '/gallery' }, [404, 422]],
  ]) {
    const answer = await other.request('POST', path, { form: fields });
    assert.ok(statuses.includes(answer.status()), `POST ${path} ${JSON.stringify(fields)}: ${answer.status()}`);
    assert.ok(!(await answer.text()).includes(secret));
  }
  for (const path of [`/studio?remix=${ids.images}`, `/gallery?folder_id=${ids.folders}`, '/gallery', '/studio', '/billing', `/gallery?q=secret`]) {
    const text = await (await other.request('GET', path)).text();
    assert.ok(!text.includes(secret) && !text.includes('Garden'), `GET ${path} tells of the other`);
  }
  assert.deepEqual(await belongings(api), before);
  assert.equal(await others.credits(), credits, 'nothing was charged');
});
