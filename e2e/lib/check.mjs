// What journeys claim. Each claim is a sentence; a failure says it together with
// what was there instead.
import assert from 'node:assert/strict';

export const patience = 5_000;

// until asks again and again, and gives the first answer that is true.
export async function until(claim, ask, within = patience) {
  const end = Date.now() + within;
  let last;
  for (;;) {
    last = await ask();
    if (last) return last;
    if (Date.now() > end) throw new Error(`not within ${within} ms: ${claim}`);
    await new Promise((go) => setTimeout(go, 50));
  }
}

export function ok(claim, value) {
  assert.ok(value, claim);
}

export function equal(claim, got, want) {
  assert.deepEqual(got, want, `${claim}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

export function matches(claim, got, pattern) {
  assert.match(got, pattern, `${claim}: got ${JSON.stringify(got)}, want ${pattern}`);
}

// seen waits for something that a person can see.
export async function seen(claim, locator, within = patience) {
  await locator.first().waitFor({ state: 'visible', timeout: within }).catch(() => { throw new Error(`not to be seen: ${claim}`); });
  return locator.first();
}

// gone waits until nobody can see it any more.
export async function gone(claim, locator) {
  await locator.first().waitFor({ state: 'hidden', timeout: patience }).catch(() => { throw new Error(`still to be seen: ${claim}`); });
}

// textOf is the text of an element on one line.
export async function textOf(locator) {
  return plain(await locator.first().innerText());
}

export function plain(text) {
  return text.replace(/[\u2066-\u2069]/g, '').replace(/[\s\u00a0\u202f]+/g, ' ').trim();
}

// numberIn is the first number of a text, written with or without thousands.
export function numberIn(text) {
  const found = /\d[\d,]*/.exec(text);
  assert.ok(found, `no number in ${JSON.stringify(text)}`);
  return Number(found[0].replaceAll(',', ''));
}
