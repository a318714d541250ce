// The dashboard under test: the real binary, started as a newcomer would start
// its demo, on ports of its own and in a folder that is gone afterwards.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './check.mjs';

export const password = 'journey-lantern-harbour';

// startDemo resolves once pages are served; the history may still be made.
export async function startDemo(binary) {
  const data = mkdtempSync(join(tmpdir(), 'neonfleet-journeys-'));
  const child = spawn(binary, ['demo', '--projects', '300', '--days', '70', '--data', data, '--sim-addr', '127.0.0.1:0'], {
    env: { ...environment(), LISTEN_ADDR: '127.0.0.1:0', DEMO_PASSWORD: password, LOG_FORMAT: 'text' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.once('exit', () => child.kill('SIGKILL')); // whatever ends us ends it
  const demo = { child, data, log: '', out: '', failed: null };
  child.stderr.on('data', (bytes) => { demo.log += bytes; });
  child.stdout.on('data', (bytes) => { demo.out += bytes; });
  child.on('error', (error) => { demo.failed = error; });
  demo.ended = once(child, 'exit').then(([code, signal]) => signal ?? code);
  demo.ended.catch(() => {}); // a binary that cannot be started: failed says why
  demo.site = await printed(demo, /^Neon Fleet demo\s+(\S+)/m);
  demo.controls = await printed(demo, /^controls\s+(\S+)/m);
  return demo;
}

// environment is ours without what would turn the demo into something else.
function environment() {
  const ours = /^(NEON_|DATABASE_URL|DATA_DIR|BASE_URL|SESSION_KEY|ADMIN_|CLOCK|SYNC_EVERY|TRUSTED_PROXIES|LOG_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

async function printed(demo, pattern) {
  return until('the demo prints its addresses', () => {
    if (demo.failed) throw demo.failed;
    if (demo.child.exitCode !== null) throw new Error(`the demo ended with ${demo.child.exitCode}:\n${demo.log}`);
    return pattern.exec(demo.out)?.[1];
  }, 20_000);
}

// stopDemo asks it to stop, as a service manager does, and gives the exit code,
// or the signal that it took.
export async function stopDemo(demo) {
  const patience = setTimeout(() => demo.child.kill('SIGKILL'), 15_000);
  demo.child.kill('SIGTERM');
  const code = await demo.ended;
  clearTimeout(patience);
  rmSync(demo.data, { recursive: true, force: true });
  return code;
}

// The controls of the simulated Neon.
export function neon(demo) {
  const ask = async (method, path, body) => {
    const answer = await fetch(new URL(path, demo.controls), { method, body: body && JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.headers.get('Content-Type')?.includes('json') ? answer.json() : null;
  };
  return {
    now: async () => Date.parse((await ask('GET', 'clock')).now),
    faults: (...list) => ask('PUT', 'faults', list),
    calls: async () => (await ask('GET', 'stats')).requests,
  };
}
