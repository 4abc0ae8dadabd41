import { describe, expect, it } from 'vitest';
import type { Field, FieldType } from '../api/types';
import { both, format, ME, MY_GROUPS, opsFor, parse, type Clause } from './filter';

const f = (name: string, type: FieldType, more: Partial<Field> = {}): Field => ({
  name, type, label: { ko: name, en: name }, section: 'main', required: false, derived: false, fixed: false, internal: false, personal: false, search: false, custom: false, on_create: true, ...more,
});
const all = new Map(
  [
    f('state', 'choice', { choices: ['new', 'assigned'].map(code => ({ code, label: { ko: code, en: code } })) }),
    f('priority', 'int', { choices: ['1', '2'].map(code => ({ code, label: { ko: code, en: code } })) }),
    f('users_affected', 'int'), f('assignee', 'reference', { to: 'user' }), f('group', 'reference', { to: 'group' }), f('watchers', 'references', { to: 'user' }),
    f('tags', 'texts'), f('title', 'text'), f('number', 'text'), f('stale', 'bool'), f('updated_at', 'time'), f('day', 'date'), f('effort', 'duration'),
  ].map(x => [x.name, x]),
);
const field = (n: string) => all.get(n);

describe('chips and CEL', () => {
  const table: [string, Clause[], string?][] = [
    ["state == 'new'", [{ field: 'state', op: 'in', values: ['new'] }]],
    ["state != 'new'", [{ field: 'state', op: 'not_in', values: ['new'] }]],
    ["state in ['new', 'assigned']", [{ field: 'state', op: 'in', values: ['new', 'assigned'] }]],
    ["!(state in ['new', 'assigned'])", [{ field: 'state', op: 'not_in', values: ['new', 'assigned'] }]],
    ['priority in [1, 2] && users_affected >= 10', [{ field: 'priority', op: 'in', values: ['1', '2'] }, { field: 'users_affected', op: 'gte', values: ['10'] }]],
    ['assignee == me', [{ field: 'assignee', op: 'in', values: [ME] }]],
    ["assignee in [me, 'u1']", [{ field: 'assignee', op: 'in', values: [ME, 'u1'] }]],
    ['group in my_groups', [{ field: 'group', op: 'in', values: [MY_GROUPS] }]],
    ['assignee == null', [{ field: 'assignee', op: 'empty', values: [] }], 'empty(assignee)'],
    ['!empty(assignee)', [{ field: 'assignee', op: 'filled', values: [] }]],
    ['stale && !stale', [{ field: 'stale', op: 'yes', values: [] }, { field: 'stale', op: 'no', values: [] }]],
    ["updated_at >= now - duration('24h')", [{ field: 'updated_at', op: 'within', values: ['24h'] }]],
    ["updated_at < timestamp('2026-11-02T01:00:00Z')", [{ field: 'updated_at', op: 'before', values: ['2026-11-02T01:00:00Z'] }]],
    ["day >= date('2026-11-02')", [{ field: 'day', op: 'since', values: ['2026-11-02'] }]],
    ["effort >= duration('2h')", [{ field: 'effort', op: 'gte', values: ['2h'] }]],
    ['me in watchers', [{ field: 'watchers', op: 'contains', values: [ME] }]],
    ["'vip' in tags", [{ field: 'tags', op: 'contains', values: ['vip'] }]],
    ["title.contains('it\\'s && || (a)')", [{ field: 'title', op: 'contains', values: ["it's && || (a)"] }]],
    ["search('결제 오류')", [{ search: '결제 오류' }]],
    ["state == 'new' && service.tier == 1", [{ field: 'state', op: 'in', values: ['new'] }, { raw: 'service.tier == 1' }]],
    ["state == 'new' || priority == 1", [{ raw: "state == 'new' || priority == 1" }]],
    ["stale && (state == 'new' || priority == 1)", [{ field: 'stale', op: 'yes', values: [] }, { raw: "(state == 'new' || priority == 1)" }]],
    ['no_such_field == 1', [{ raw: 'no_such_field == 1' }]],
    ["state in ['new', other]", [{ raw: "state in ['new', other]" }]],
    ['', []],
  ];
  it.each(table)('%s', (src, clauses, again) => {
    expect(parse(src, field)).toEqual(clauses);
    expect(format(clauses, field)).toBe(again ?? src);
  });

  it('keeps the meaning of an alternative that is joined with more', () => {
    expect(both("state == 'new' || priority == 1", 'stale', field)).toBe("(state == 'new' || priority == 1) && stale");
    expect(both('', 'stale', field)).toBe('stale');
    expect(format([{ field: 'group', op: 'in', values: [MY_GROUPS, 'g1'] }, { field: 'stale', op: 'yes', values: [] }], field)).toBe("(group in my_groups || group == 'g1') && stale");
    expect(format([{ field: 'group', op: 'not_in', values: [MY_GROUPS, 'g1'] }], field)).toBe("!(group in my_groups || group == 'g1')");
  });

  it('writes every operator a field offers so that it reads back as the same chip', () => {
    const value: Record<string, string> = { choice: 'new', int: '1', reference: 'u1', time: '24h', date: '2026-01-01', duration: '2h', text: 'a', texts: 'a', references: 'u1', bool: '' };
    for (const d of all.values())
      for (const op of opsFor(d)) {
        const v = op === 'since' || op === 'before' ? '2026-01-01T00:00:00Z' : (value[d.type] ?? '');
        const c: Clause = { field: d.name, op, values: ['empty', 'filled', 'yes', 'no'].includes(op) ? [] : [v] };
        expect(parse(format([c], field), field)).toEqual([c]);
      }
  });
});
