import { describe, expect, it } from 'vitest';
import type { Field, Kind } from '../api/types';
import { factsOf, proseOf, turned } from './facts';

const field = (name: string, type: Field['type'], more: Partial<Field> = {}): Field =>
  ({ name, type, section: 'main', required: false, derived: false, fixed: false, internal: false, personal: false, search: false, custom: false, on_create: true, label: { ko: name, en: name }, ...more }) as Field;
const kind = { name: 'change', title: 'title', fields: [field('title', 'text'), field('description', 'rich_text'), field('service', 'reference'), field('priority', 'int', { derived: true }), field('vip', 'bool'), field('watchers', 'references')] } as unknown as Kind;
const seen = { kind: 'change', id: '1', number: 'CHG1', version: 3, seen_at: '', fields: { title: 'grow', description: 'by two', service: 's1', priority: 2, watchers: ['a'] } };

describe('what one decides by', () => {
  it('is what the record says of itself', () => {
    expect(factsOf(kind, seen).map(f => f.name)).toEqual(['service', 'priority']);
    expect(proseOf(kind, seen)).toBe('by two');
  });
  it('may have turned since it was asked, where a person turned it', () => {
    expect(turned(kind, seen, { ...seen.fields, vip: false, priority: 1, watchers: [] })).toEqual([]);
    expect(turned(kind, seen, { ...seen.fields, title: 'shrink', service: null }).map(t => [t.field.name, t.was, t.is])).toEqual([['title', 'grow', 'shrink'], ['service', 's1', null]]);
  });
  it('is silent about what the reader may not see now', () => {
    expect(turned(kind, seen, { title: 'grow' })).toEqual([]);
  });
});
