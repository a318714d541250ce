// A journey is a name and what somebody does. It is given the place: browser,
// site, the simulated Neon, and visitors, who are closed and asked for problems
// at its end.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Visitor } from './visitor.mjs';

const longest = 110_000;

// walk walks it in the time that is left, in milliseconds.
export async function walk(journey, place, left) {
  const visitors = [];
  const here = {
    ...place,
    notes: [], // figures to print
    faults: [], // what is wrong without ending the journey
    arrive: async (options) => {
      const visitor = await Visitor.arrive(place.browser, place.site, options);
      visitors.push(visitor);
      return visitor;
    },
  };
  const failure = await attempt(journey, here, Math.min(left, longest));
  const problems = [...here.faults, ...visitors.flatMap((v) => v.problems)];
  if (failure || problems.length) await keepTraces(journey, visitors, place.out, [failure?.stack, ...problems]);
  await Promise.all(visitors.map((v) => v.leave().catch(() => {})));
  return { failure, problems: gathered(problems), notes: here.notes };
}

async function attempt(journey, here, within) {
  let timer;
  const late = new Promise((_, fail) => { timer = setTimeout(() => fail(new Error(`not done within ${Math.round(within / 1000)} s`)), within); });
  try {
    await Promise.race([journey.go(here), late]);
    return null;
  } catch (error) {
    return error;
  } finally {
    clearTimeout(timer);
  }
}

// gathered are the problems, what many pages share only once.
function gathered(problems) {
  const pages = new Map();
  for (const problem of new Set(problems)) {
    const [, page, fault] = /^([^:]*): (.*)$/s.exec(problem) ?? [null, '', problem];
    pages.set(fault, [...(pages.get(fault) ?? []), page]);
  }
  return [...pages].map(([fault, on]) => `${on[0]}${on.length > 1 ? ` and ${on.length - 1} more` : ''}${on[0] && ': '}${fault}`);
}

// keepTraces keeps what each visitor saw last.
async function keepTraces(journey, visitors, out, lines) {
  mkdirSync(out, { recursive: true });
  const name = journey.name.replace(/[^a-z0-9]+/gi, '-').toLowerCase();
  writeFileSync(join(out, `${name}.txt`), lines.filter(Boolean).join('\n') + '\n');
  let n = 0;
  for (const page of visitors.flatMap((v) => v.context.pages())) {
    const file = join(out, `${name}-${++n}`);
    try {
      writeFileSync(`${file}.html`, `<!-- ${page.url()} -->\n${await page.content()}`);
      await page.screenshot({ path: `${file}.png`, timeout: 5_000 });
    } catch (error) {
      writeFileSync(`${file}.txt`, `no trace: ${error.message}\n`);
    }
  }
}
