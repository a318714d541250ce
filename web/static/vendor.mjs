// Copies the page scripts out of node_modules and makes the icon sprite. npm
// runs it after every install. What lands in vendor/ is ignored by git and
// embedded by Go; the dashboard builds and works without it.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, '..', '..', 'node_modules');
const vendor = join(here, 'vendor');

const scripts = {
  'htmx.min.js': 'htmx.org/dist/htmx.min.js',
  'sse.min.js': 'htmx-ext-sse/dist/sse.min.js',
};

// The icons the pages may use, by lucide's names: lucide's own sprite has 1,700
// of them and weighs 533 kB.
const icons = [
  'activity', 'arrow-down', 'arrow-left', 'arrow-right', 'arrow-up', 'ban', 'bell', 'calendar', 'chart-column', 'check',
  'chevron-down', 'chevron-left', 'chevron-right', 'chevron-up', 'circle-alert', 'circle-check', 'circle-help', 'circle-pause',
  'circle-play', 'circle-x', 'clock', 'columns-3', 'copy', 'cpu', 'credit-card', 'database', 'download', 'ellipsis', 'external-link',
  'eye', 'file-text', 'funnel', 'gauge', 'git-branch', 'git-compare', 'hard-drive', 'history', 'house', 'info', 'key-round', 'layers',
  'layout-dashboard', 'list', 'lock', 'log-out', 'mail', 'menu', 'monitor', 'moon', 'pencil', 'play', 'plus', 'receipt', 'refresh-cw',
  'rotate-ccw', 'scroll-text', 'search', 'server', 'settings', 'shield', 'sun', 'table', 'tag', 'trash-2', 'triangle-alert', 'undo-2',
  'user', 'users', 'wallet', 'x', 'zap',
];

// symbol turns one of lucide's files into a part of the sprite that takes its
// colour from the text around it and its size from the style sheet.
function symbol(name) {
  const file = readFileSync(join(modules, 'lucide-static', 'icons', `${name}.svg`), 'utf8');
  const body = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(file);
  if (!body) throw new Error(`${name}.svg is no icon`);
  const shapes = body[1].replace(/\s+/g, ' ').replace(/> </g, '><').trim();
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
}

mkdirSync(vendor, { recursive: true });
for (const [name, from] of Object.entries(scripts)) copyFileSync(join(modules, from), join(vendor, name));
const licence = readFileSync(join(modules, 'lucide-static', 'LICENSE'), 'utf8').replace(/--+/g, '-').trim();
writeFileSync(
  join(vendor, 'icons.svg'),
  `<!-- Icons from lucide.\n${licence}\n-->\n<svg xmlns="http://www.w3.org/2000/svg">\n${icons.map(symbol).join('\n')}\n</svg>\n`,
);
