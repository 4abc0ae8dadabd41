import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { load, need, say, type Key, type Word, type Words } from './index';

const files = import.meta.glob<{ words: Partial<Words> }>('./{ko,en}*.ts', { eager: true });
const areas = Object.keys(files).flatMap(n => /^\.\/ko\.(\w+)\.ts$/.exec(n)?.[1] ?? []);
const all = (l: string): Words => Object.assign({}, ...Object.entries(files).filter(([n]) => n.startsWith(`./${l}`)).map(([, m]) => m.words)) as Words;
const [ko, en] = [all('ko'), all('en')];
const words = { ko, en };
for (const a of areas) await need(a as Parameters<typeof need>[0]);
await load('ko');
await load('en');

const holes = (w: Word): string[] => [...new Set((typeof w === 'string' ? w : w.one + w.other).match(/\{\w+\}/g) ?? [])].sort();

describe('words', () => {
  it('are the same keys in both languages, with the same holes, none empty', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(ko).sort());
    for (const key of Object.keys(ko) as Key[]) {
      expect(holes(words.en[key]), key).toEqual(holes(words.ko[key]));
      for (const l of ['ko', 'en'] as const) expect(say(l, key, { n: 2 }).trim(), key).not.toBe('');
    }
  });
  it('stand in one file each', () => {
    for (const l of ['ko', 'en']) {
      const mine = Object.entries(files).filter(([n]) => n.startsWith(`./${l}`)).flatMap(([, m]) => Object.keys(m.words));
      expect(mine.length).toBe(new Set(mine).size);
    }
    expect(areas.length).toBeGreaterThan(3);
  });
  it('of an area are said only where it is loaded', () => {
    const src = join(import.meta.dirname, '..');
    const lazy = ['router.tsx', 'queue/Queue.tsx'].map(n => readFileSync(join(src, n), 'utf8')).join('\n').split('\n');
    for (const a of areas) {
      const keys = Object.keys(files[`./ko.${a}.ts`]?.words ?? {});
      const loads = lazy.filter(l => l.includes(`'${a}'`)).flatMap(l => /import\('\.\.?\/(\w+)\//.exec(l)?.[1] ?? []);
      expect(loads.length, a).toBeGreaterThan(0);
      for (const n of readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(n => /\.tsx?$/.test(n) && !n.startsWith('i18n') && !loads.includes(n.split(sep)[0] ?? ''))) {
        const body = readFileSync(join(src, n), 'utf8');
        expect(keys.filter(k => body.includes(`'${k}'`)), `${n} says words of ${a}`).toEqual([]);
      }
    }
  });
  it('count in English', () => {
    expect(say('en', 'queue.count', { n: 1 })).toBe('1 record');
    expect(say('en', 'queue.count', { n: 12345 })).toBe('12,345 records');
    expect(say('ko', 'queue.count', { n: 12345 })).toBe('12,345건');
  });
  it('are all used, and no screen writes Korean of its own', () => {
    const files = readdirSync(join(import.meta.dirname, '..'), { recursive: true, encoding: 'utf8' }).filter(n => /\.tsx?$/.test(n) && !/\.test\.tsx?$/.test(n));
    const text = new Map(files.map(n => [n, readFileSync(join(import.meta.dirname, '..', n), 'utf8')]));
    const rest = [...text].filter(([n]) => !n.startsWith('i18n')).map(([, s]) => s).join('\n');
    const body = rest + (text.get(join('i18n', 'index.ts')) ?? '');
    // Keys that are put together from a part: `op.${op}` and the like.
    const made = [...body.matchAll(/`([a-z.]+)\$\{/g)].map(m => m[1] ?? '');
    const unused = Object.keys(ko).filter(k => !body.includes(`'${k}'`) && !body.includes(`"${k}"`) && !made.some(p => p.includes('.') && k.startsWith(p)));
    expect(unused).toEqual([]);
    for (const [n, s] of text) if (!n.startsWith('i18n') && n !== 'text.ts') expect(s.replace(/\/\/.*$/gm, ''), n).not.toMatch(/[가-힣]/);
  });
});
