// The journeys of people through a real browser and the real binary.
//
//   node e2e/run.mjs [part of a journey's name ...]
//
// DASHBOARD names the binary (bin/dashboard), CHROMIUM the browser. What a
// failed journey saw last stays in e2e/out. The README's screenshots go to
// docs/screenshots; in CI (CI=true) to e2e/out, so that the tree stays clean.
// After E2E_SECONDS (175) it gives up.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { neon, startDemo, stopDemo } from './lib/demo.mjs';
import { until } from './lib/check.mjs';
import { walk } from './lib/journey.mjs';
import { Visitor } from './lib/visitor.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, 'out');
const binary = resolve(process.env.DASHBOARD || 'bin/dashboard');
const longest = Number(process.env.E2E_SECONDS || 175) * 1000;

async function main(words) {
  const browserPath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => p && existsSync(p));
  if (!browserPath) throw new Error('No Chromium here. Install the package chromium, or set CHROMIUM to one.');
  if (!existsSync(binary)) throw new Error(`No dashboard at ${binary}. Run make build, or set DASHBOARD.`);
  rmSync(out, { recursive: true, force: true });
  const shots = process.env.CI ? join(out, 'screenshots') : join(here, '..', 'docs', 'screenshots');
  mkdirSync(shots, { recursive: true });
  const started = Date.now();
  const journeys = await load(words);
  const demo = await startDemo(binary);
  let browser;
  let failed;
  try {
    browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
    const place = { browser, site: demo.site, neon: neon(demo), out, shots };
    await untilComplete(place);
    console.log(`The demo's history is complete after ${seconds(started)}.`);
    failed = await walkAll(journeys, place, started + longest);
  } finally {
    await browser?.close();
    const code = await stopDemo(demo);
    if (code !== 0) {
      console.log(`✗ the dashboard ended with ${code} on SIGTERM, want 0. Its last lines:\n${demo.log.split('\n').slice(-15).join('\n')}`);
      process.exitCode = 1;
    }
  }
  console.log(`${journeys.length - failed} passed, ${failed} failed (${seconds(started)})`);
  if (failed) process.exitCode = 1;
}

async function load(words) {
  const list = [];
  for (const file of readdirSync(join(here, 'journeys')).filter((f) => f.endsWith('.mjs')).sort()) {
    const { default: journeys } = await import(pathToFileURL(join(here, 'journeys', file)));
    list.push(...[journeys].flat().filter((j) => !words.length || words.some((w) => file.includes(w) || j.name.includes(w))));
  }
  if (!list.length) throw new Error(`No journey is called ${words.join(' or ')}.`);
  return list;
}

// untilComplete waits for the last step of the demo's history: a settle that
// began at the present time, complete.
async function untilComplete(place) {
  const visitor = await Visitor.arrive(place.browser, place.site);
  await visitor.signIn('admin', '/sync');
  const settles = visitor.page.getByRole('row').filter({ hasText: 'Settle' }).filter({ hasText: 'demo' }).filter({ hasText: 'Complete' });
  await until('the history of the demo is complete', async () => {
    await visitor.page.reload();
    if (!await settles.count()) return false;
    const began = Date.parse(await settles.first().locator('time').first().getAttribute('datetime'));
    return Math.abs(await place.neon.now() - began) < 15 * 60_000;
  }, 60_000);
  await visitor.leave();
}

async function walkAll(journeys, place, end) {
  let failed = 0;
  for (const journey of journeys) {
    const began = Date.now();
    const { failure, problems, notes } = await walk(journey, place, Math.max(end - began, 0));
    const bad = failure || problems.length;
    if (bad) failed++;
    console.log(`${bad ? '✗' : '✓'} ${journey.name} (${seconds(began)})`);
    for (const note of notes) console.log(`    ${note}`);
    if (failure) console.log(`    ${failure.message.replace(/\u001b\[\d+m/g, '').replace(/\n/g, '\n    ')}`);
    for (const problem of problems) console.log(`    ${problem}`);
  }
  return failed;
}

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
await main(process.argv.slice(2));
