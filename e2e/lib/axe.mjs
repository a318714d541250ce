// axe on a page as it stands. Its source comes in by the debugger's way, which
// the page's content security policy does not stop; no policy is lifted.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const colours = ['color-contrast', 'link-in-text-block'];

// violations are what axe objects to, each with the elements it means. With
// onlyColours it is asked no more than another theme can change: it is slow.
export async function violations(page, onlyColours = false) {
  const options = { runOnly: onlyColours ? { type: 'rule', values: colours } : { type: 'tag', values: rules }, resultTypes: ['violations'], preload: false };
  const session = await page.context().newCDPSession(page);
  try {
    await session.send('Runtime.evaluate', { expression: `${source};undefined` });
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression: `axe.run(document, ${JSON.stringify(options)}).then((r) => r.violations)`, awaitPromise: true, returnByValue: true,
    });
    if (exceptionDetails) throw new Error(`axe: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value.map((v) => `${v.id} (${v.impact}): ${v.help}: ${v.nodes.slice(0, 4).map((n) => `${n.target.join(' ')} ${n.any[0]?.message ?? ''}`).join(' | ')}`);
  } finally {
    await session.detach();
  }
}
