import { beforeAll, describe, expect, it } from 'vitest';
import type { Book as Wire, Field, FieldType, Kind } from '../api/types';
import { Book } from '../book';
import { load, need, sayNow } from '../i18n';
import { complete, taken } from './complete';

const f = (name: string, type: FieldType, ko: string, more: Partial<Field> = {}): Field => ({
  name, type, label: { ko, en: name.replace('_', ' ') }, section: 'main', required: false, derived: false, fixed: false, internal: false, personal: false, search: false, custom: false, on_create: true, ...more,
});
const choices = (...list: [string, string][]) => list.map(([code, ko]) => ({ code, label: { ko, en: code } }));
const kind = (name: string, fields: Field[]): Kind => ({ name, plural: `${name}s`, prefix: '', title: 'title', config: false, label: { ko: name, en: name }, label_plural: { ko: name, en: name }, list: [], fields, can_create: true, links: [], views: [] });
const k = kind('incident', [
  f('state', 'choice', '상태', { choices: choices(['new', '신규'], ['assigned', '배정됨'], ['in_progress', '처리 중']) }),
  f('priority', 'int', '우선순위', { choices: choices(['1', '긴급'], ['2', '높음']) }),
  f('title', 'text', '제목'), f('assignee', 'reference', '담당자', { to: 'user' }), f('group', 'reference', '담당 그룹', { to: 'group' }), f('service', 'reference', '서비스', { to: 'service' }),
  f('watchers', 'references', '참조자', { to: 'user' }), f('stale', 'bool', '미갱신'), f('updated_at', 'time', '수정 시각'), f('effort', 'duration', '노력'), f('day', 'date', '날'),
]);
const book = new Book({ languages: [], stages: [], sections: {}, roles: [], kinds: [k, kind('service', [f('tier', 'int', '등급'), f('name', 'text', '이름')]), kind('user', []), kind('group', [])] } as unknown as Wire);

// ask completes where the caret | stands.
const ask = (s: string) => complete(book, k, sayNow(), s.replace('|', ''), s.indexOf('|'));
const names = (s: string): string[] => ask(s).offers.map(o => o.name);
const take = (s: string, name: string): string => {
  const c = ask(s);
  const o = c.offers.find(x => x.name === name);
  if (!o) throw new Error(`${s}: no ${name} among ${c.offers.map(x => x.name).join(' ')}`);
  const out = taken(s.replace('|', ''), c, o);
  return `${out.text.slice(0, out.caret)}|${out.text.slice(out.caret)}`;
};

beforeAll(async () => {
  await need('queue');
  await load('ko');
  await load('en');
});

describe('completion', () => {
  it.each([
    ['|', ['state', 'search(\'\')'], ['==', '&&']],
    ['sta|', ['state', 'stale'], ['title']],
    ['상태|', ['state'], ['title']],
    ['ㅅㅌ|', ['state'], ['title']],
    ['담당|', ['assignee', 'group'], ['state']],
    ['state |', ['==', '!=', 'in [ ]'], ['>=', '&&', ".contains('')"]],
    ['priority |', ['==', '>=', '<'], ["'1'"]],
    ['title |', ['==', ".contains('')"], ['>=']],
    ['stale |', ['&&', '||'], ['==']],
    ['watchers |', ['&&'], ['==']],
    ['state == |', ["'new'", "'assigned'"], ['me', '&&']],
    ["state == 'as|", ["'assigned'"], ["'new'"]],
    ['state == 배정|', ["'assigned'"], ["'new'"]],
    ['state == ㅂㅈ|', ["'assigned'"], ["'new'"]],
    ['priority == |', ['1', '2'], ["'1'"]],
    ["state in ['new', |", ["'assigned'"], ['state']],
    ["(state in ['new', |]) && stale", ["'assigned'"], ['state']],
    ['assignee == |', ['me', 'null'], ["'new'"]],
    ['group |', ['==', 'in my_groups'], ['>=']],
    ['group in |', ['my_groups', '[ ]'], ['watchers']],
    ['me in |', ['watchers'], ['state', 'my_groups']],
    ['updated_at >= |', ["now - duration('24h')", 'now'], ['today']],
    ['day >= |', ['today'], ['now']],
    ['effort >= |', ["duration('1h')"], []],
    ["state == 'new' |", ['&&', '||'], ['==']],
    ["state == 'new' && |", ['state', 'empty()'], ['==']],
    ['empty(|', ['assignee'], ['search(\'\')']],
    ['month(|', ['updated_at'], ['state']],
    ['service.|', ['service.tier', 'service.name'], ['state']],
    ['service.tier |', ['==', '>='], []],
    ['title.|', ["title.contains('')"], ['state']],
    ["search('결|", [], ['state', "'new'"]],
    ["title.contains('|", [], ['state']],
    ['luck |', ['&&'], ['==']],
  ] as const)('%s', (src, has, not) => {
    const got = names(src);
    for (const n of has) expect(got).toContain(n);
    for (const n of not) expect(got).not.toContain(n);
  });

  it('asks for names where a reference stands', () => {
    expect(ask('assignee == 김|').names).toEqual({ kind: 'user', query: '김' });
    expect(ask("assignee in ['x', '김|").names).toEqual({ kind: 'user', query: '김' });
    expect(ask('state == |').names).toBeUndefined();
  });

  it('puts what begins so before what only contains it', () => {
    expect(names('st|').slice(0, 2)).toEqual(['state', 'stale']);
  });

  it.each([
    ['상|', 'state', 'state |'],
    ['state|', 'state', 'state |'],
    ['sta| == 1', 'state', 'state |== 1'],
    ["state == 'as|'", "'assigned'", "state == 'assigned'|"],
    ["state == 'as|' && stale", "'assigned'", "state == 'assigned'| && stale"],
    ['state ==|', "'new'", "state == 'new'|"],
    ['title |', ".contains('')", "title.contains('|')"],
    ["stale|", 'stale', 'stale|'],
    ['stale |', '||', 'stale || |'],
    ['|', 'empty()', 'empty(|)'],
    ['state |', 'in [ ]', 'state in [|]'],
    ['group in |', '[ ]', 'group in [|]'],
    ['updated_at >= |', "now - duration('24h')", "updated_at >= now - duration('|24h')"],
  ] as const)('%s takes %s', (src, name, want) => {
    expect(take(src, name)).toBe(want);
  });
});
