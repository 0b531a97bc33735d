// The books and the account: lots, lines and running balance; sessions and keys.
import assert from 'node:assert/strict';
import { Api } from './lib/api.mjs';
import { openStudio } from './lib/studio.mjs';

const studio = await openStudio({ painter: [0.02, 0.1] });
const { journey, place } = studio;

journey('billing shows every line with the balance after it', async (arrive) => {
  const api = await Api.of(studio, 'ada@example.com', 10);
  await api.make({ prompt: 'red fox', count: 3 });
  await place.run('credits', 'adjust', 'ada@example.com', '-2', '--reason', 'a correction');
  await place.grant('ada@example.com', 1200);
  const { page } = await (await arrive()).signIn('ada@example.com');
  await page.goto('/billing');
  await page.getByRole('heading', { level: 1, name: '1,205 credits' }).waitFor();
  const rows = page.getByRole('table', { name: 'Credits in and out' }).getByRole('row');
  const cells = await rows.evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('td.num')].map((cell) => cell.textContent)));
  const lines = cells.filter((line) => line.length === 2);
  assert.deepEqual(lines, [['+1,200', '1,205'], ['−2', '5'], ['−1', '7'], ['−1', '8'], ['−1', '9'], ['+10', '10']]);
  const lots = page.getByRole('table', { name: /lot/ });
  assert.equal(await lots.getByText('Spent next').count(), 1);
  await page.getByText('a correction').waitFor();
});

journey('a line of a picture leads to it', async (arrive) => {
  const api = await Api.of(studio, 'line@example.com', 3);
  await api.make({ prompt: 'red fox' });
  const { page } = await (await arrive({ script: false })).signIn('line@example.com');
  await page.goto('/billing');
  await page.getByRole('table', { name: 'Credits in and out' }).getByRole('link').first().click();
  await page.getByRole('main').getByRole('img', { name: 'red fox' }).first().waitFor();
});

journey('a browser signs the others out', async (arrive) => {
  await place.account('many@example.com');
  const [here, there, third] = [await arrive(), await arrive({ script: false }), await arrive()];
  for (const visitor of [here, there, third]) await visitor.signIn('many@example.com');
  await here.go('/account');
  const sessions = here.page.getByRole('region', { name: 'Signed-in browsers' }).getByRole('listitem');
  assert.equal(await sessions.count(), 3);
  await sessions.getByRole('button', { name: /^Sign out / }).first().click();
  await here.page.waitForFunction(() => document.querySelectorAll('#sessions li').length === 2);
  const signedIn = async () => {
    const answers = await Promise.all([here, there, third].map((one) => one.request('GET', '/account')));
    return answers.filter((answer) => answer.status() === 200).length;
  };
  assert.equal(await signedIn(), 2);
  await here.page.getByRole('button', { name: 'Sign out all others' }).click();
  await here.page.waitForFunction(() => document.querySelectorAll('#sessions li').length === 1);
  assert.equal(await signedIn(), 1);
  assert.equal((await here.request('GET', '/account')).status(), 200);
  await there.go('/studio');
  await there.page.waitForURL('**/sign-in?return_to=*');
});

journey('a key is shown once, works, and ends when revoked', async (arrive) => {
  await place.account('keys@example.com', 5);
  const { page } = await (await arrive()).signIn('keys@example.com');
  await page.goto('/account');
  await page.getByLabel('Name').fill('My script');
  await page.getByRole('checkbox', { name: /^library/ }).check();
  await page.getByRole('button', { name: 'Make the key' }).click();
  const shown = page.getByText(/^sl_live_\w+$/);
  const key = await shown.innerText();
  const ask = () => fetch(`${studio.server.url}/api/v1/images`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal((await ask()).status, 200);
  await page.goto('/account');
  await page.getByText('My script').waitFor();
  assert.equal(await shown.count(), 0, 'it is not shown again');
  assert.ok(!(await page.content()).includes(key));
  await page.getByRole('button', { name: /^Revoke My script/ }).click();
  await page.getByRole('button', { name: /^Revoke My script/ }).waitFor({ state: 'detached' });
  assert.equal((await ask()).status, 401);
});

journey('signing out ends the session, here and on the server', async (arrive) => {
  await place.account('out@example.com');
  const visitor = await (await arrive()).signIn('out@example.com');
  const [{ value }] = await visitor.context.cookies();
  await visitor.go('/account');
  await visitor.page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await visitor.page.waitForURL(`${studio.url}/`);
  assert.deepEqual(await visitor.context.cookies(), []);
  const stolen = await fetch(`${studio.url}/account`, { headers: { cookie: `session=${value}` }, redirect: 'manual' });
  assert.equal(stolen.status, 303, 'an old cookie opens nothing');
});
