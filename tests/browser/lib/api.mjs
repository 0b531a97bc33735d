// The studio's API, used to put things in place and to look from outside.
import assert from 'node:assert/strict';
import { until } from './wait.mjs';

const over = ['stored', 'failed', 'filtered', 'cancelled'];

export class Api {
  constructor(url, key) {
    this.url = url;
    this.key = key;
  }

  /** An account with credits, and its key. */
  static async of(studio, email, credits) {
    await studio.place.account(email, credits);
    return new Api(studio.server.url, await studio.place.key(email));
  }

  async call(method, path, body) {
    const headers = { authorization: `Bearer ${this.key}` };
    if (body) headers['content-type'] = 'application/json';
    const options = { method, headers, redirect: 'manual' };
    if (body) options.body = JSON.stringify(body);
    const answer = await fetch(`${this.url}/api/v1${path}`, options);
    const told = await answer.json();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${JSON.stringify(told)}`);
    return told.data;
  }

  get = (path) => this.call('GET', path);

  credits = async () => (await this.get('/credits')).balance;

  images = async (query = '') => (await this.get(`/images?limit=100${query}`)).items;

  newest = async () => (await this.get('/generations?limit=1')).items[0];

  /** Pictures of one prompt, all ended; the images, newest first. */
  async make(order) {
    const { id } = await this.call('POST', '/generations', { size: 'square', ...order });
    await this.ended(id);
    return this.images();
  }

  ended(id) {
    return until('the pictures have ended', async () => {
      const generation = await this.get(`/generations/${id}`);
      return generation.renders.every(({ state }) => over.includes(state)) && generation;
    });
  }
}

/** How many of a generation's renders are over. */
export const done = (generation) => generation.renders.filter(({ state }) => over.includes(state)).length;
