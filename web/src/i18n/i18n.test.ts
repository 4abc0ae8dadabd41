import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { load, say, type Key, type Word } from './index';
import { en } from './en';
import { ko } from './ko';

const words = { ko, en };
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
