// What a browser has to load, as it is sent: budgets of ui.md.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';

const app = join(import.meta.dirname, '../dist/app');
const packed = (name: string): number => {
  const file = join(app, name);
  try {
    return statSync(`${file}.gz`).size;
  } catch {
    return statSync(file).size; // too small to pack
  }
};

// statics lists what a script imports before it runs.
const statics = (name: string, seen = new Set<string>()): Set<string> => {
  if (seen.has(name)) return seen;
  seen.add(name);
  const text = readFileSync(join(app, name), 'utf8');
  for (const m of text.matchAll(/(?:from|import)\s*["'](\.\/[^"']+\.js)["']/g)) if (m[1]) statics(`assets/${m[1].slice(2)}`, seen);
  return seen;
};

test('the console is small', () => {
  const html = readFileSync(join(app, 'index.html'), 'utf8');
  const entry = /src="\/(assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
  const first = [...statics(entry)];
  const words = readdirSync(join(app, 'assets')).filter(f => /^(ko|en)-.*\.js$/.test(f)); // one language comes before the first paint
  expect(words).toHaveLength(2);
  const js = first.reduce((n, f) => n + packed(f), Math.max(...words.map(f => packed(`assets/${f}`))));
  // A page loads the first styles, the fonts' after its first paint, and at most one page's own.
  const sheets = readdirSync(join(app, 'assets')).filter(f => f.endsWith('.css'));
  const always = sheets.filter(f => html.includes(f) || f.startsWith('fonts-'));
  expect(always).toHaveLength(2);
  const own = Math.max(...sheets.filter(f => !always.includes(f)).map(f => packed(`assets/${f}`)));
  const css = always.reduce((n, f) => n + packed(`assets/${f}`), own);
  console.log(`first scripts ${(js / 1000).toFixed(1)} kB, styles ${(css / 1000).toFixed(1)} kB (gz)`);
  expect(js, 'first scripts').toBeLessThanOrEqual(180_000);
  expect(css, 'styles').toBeLessThanOrEqual(35_000);
  for (const f of readdirSync(join(app, 'assets')).filter(f => f.endsWith('.js'))) {
    const late = [...statics(`assets/${f}`)].filter(x => !first.includes(x)).reduce((n, x) => n + packed(x), 0);
    expect(late, f).toBeLessThanOrEqual(260_000);
  }
});
