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
  const js = first.reduce((n, f) => n + packed(f), 0);
  const css = readdirSync(join(app, 'assets')).filter(f => f.endsWith('.css')).reduce((n, f) => n + packed(`assets/${f}`), 0);
  console.log(`first scripts ${(js / 1000).toFixed(1)} kB, styles ${(css / 1000).toFixed(1)} kB (gz)`);
  expect(js, 'first scripts').toBeLessThanOrEqual(180_000);
  expect(css, 'styles').toBeLessThanOrEqual(35_000);
  for (const f of readdirSync(join(app, 'assets')).filter(f => f.endsWith('.js'))) {
    const own = [...statics(`assets/${f}`)].filter(x => !first.includes(x)).reduce((n, x) => n + packed(x), 0);
    expect(own, f).toBeLessThanOrEqual(260_000);
  }
});
