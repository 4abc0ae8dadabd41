// Filters as chips. Underneath there is only a CEL condition, the one the server checks; chips
// are a way to read and write it. What chips cannot say stays in its words, as a chip of its own,
// so that reading and writing again never changes what a filter means.
import type { Field } from '../api/types';

export type Op = 'in' | 'not_in' | 'gte' | 'lte' | 'since' | 'before' | 'within' | 'older' | 'empty' | 'filled' | 'contains' | 'yes' | 'no';
export type Clause = { field: string; op: Op; values: string[] } | { search: string } | { raw: string };

export const ME = '@me';
export const MY_GROUPS = '@my_groups';

// opsFor lists what can be asked of a field.
export const opsFor = (f: Field): Op[] => {
  switch (f.type) {
    case 'bool':
      return ['yes', 'no'];
    case 'choice':
      return f.required ? ['in', 'not_in'] : ['in', 'not_in', 'empty', 'filled'];
    case 'int':
      return f.choices ? ['in', 'not_in', 'gte', 'lte'] : ['gte', 'lte', 'in', 'empty', 'filled'];
    case 'decimal':
    case 'percent':
      return ['gte', 'lte', 'empty', 'filled'];
    case 'reference':
      return ['in', 'not_in', 'empty', 'filled'];
    case 'references':
    case 'texts':
      return ['contains', 'empty', 'filled'];
    case 'time':
      return ['within', 'older', 'since', 'before', 'empty', 'filled'];
    case 'date':
      return ['since', 'before', 'empty', 'filled'];
    case 'text':
    case 'rich_text':
      return ['contains', 'in', 'empty', 'filled'];
    case 'duration':
      return ['gte', 'lte', 'empty', 'filled'];
    case 'money':
    case 'json':
    case 'file':
    case 'words':
      return ['empty', 'filled'];
  }
};

// takes says how many values an operator takes.
export const takes = (op: Op): 'none' | 'one' | 'many' => (op === 'in' || op === 'not_in' ? 'many' : op === 'empty' || op === 'filled' || op === 'yes' || op === 'no' ? 'none' : 'one');

const quote = (s: string): string => `'${s.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n')}'`;
const unquote = (s: string): string => s.slice(1, -1).replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : c));

const numeric = (f: Field | undefined): boolean => f?.type === 'int' || f?.type === 'decimal' || f?.type === 'percent';
const literal = (f: Field | undefined, v: string): string => (v === ME ? 'me' : numeric(f) && /^-?\d+(\.\d+)?$/.test(v) ? v : quote(v));
const moment = (f: Field | undefined, v: string): string => (f?.type === 'date' ? `date(${quote(v)})` : `timestamp(${quote(v)})`);

type Fields = (name: string) => Field | undefined;

const write = (c: Clause, field: Fields): string => {
  if ('raw' in c) return c.raw;
  if ('search' in c) return `search(${quote(c.search)})`;
  const f = field(c.field);
  const [v = ''] = c.values;
  switch (c.op) {
    case 'empty':
      return `empty(${c.field})`;
    case 'filled':
      return `!empty(${c.field})`;
    case 'yes':
      return c.field;
    case 'no':
      return `!${c.field}`;
    case 'contains':
      return f?.type === 'references' || f?.type === 'texts' ? `${literal(f, v)} in ${c.field}` : `${c.field}.contains(${quote(v)})`;
    case 'gte':
    case 'lte':
      return `${c.field} ${c.op === 'gte' ? '>=' : '<='} ${f?.type === 'duration' ? `duration(${quote(v)})` : literal(f, v)}`;
    case 'since':
      return `${c.field} >= ${moment(f, v)}`;
    case 'before':
      return `${c.field} < ${moment(f, v)}`;
    case 'within':
      return `${c.field} >= now - duration(${quote(v)})`;
    case 'older':
      return `${c.field} < now - duration(${quote(v)})`;
    case 'in':
    case 'not_in': {
      const not = c.op === 'not_in';
      const rest = c.values.filter(x => x !== MY_GROUPS);
      const parts: string[] = [];
      if (c.values.includes(MY_GROUPS)) parts.push(`${c.field} in my_groups`);
      if (rest.length === 1) parts.push(`${c.field} ${not && parts.length === 0 ? '!=' : '=='} ${literal(f, rest[0] ?? '')}`);
      else if (rest.length > 1) parts.push(`${c.field} in [${rest.map(x => literal(f, x)).join(', ')}]`);
      const one = parts.join(' || ');
      if (not && !(parts.length === 1 && one.includes(' != '))) return `!(${one})`;
      return parts.length > 1 ? `(${one})` : one;
    }
  }
};

// outside reports whether a word stands at the top of an expression, in no bracket and no quotes.
const split = (src: string, word: string): string[] => {
  const out: string[] = [];
  let depth = 0;
  let from = 0;
  let q = '';
  for (let i = 0; i < src.length; i++) {
    const c = src.charAt(i);
    if (q) {
      if (c === '\\') i++;
      else if (c === q) q = '';
    } else if (c === "'" || c === '"') q = c;
    else if ('([{'.includes(c)) depth++;
    else if (')]}'.includes(c)) depth--;
    else if (depth === 0 && src.startsWith(word, i)) {
      out.push(src.slice(from, i));
      from = i + word.length;
      i = from - 1;
    }
  }
  out.push(src.slice(from));
  return out.map(s => s.trim());
};

const name = '([a-z_][a-z0-9_]*)';
const str = `('(?:[^'\\\\]|\\\\.)*'|"(?:[^"\\\\]|\\\\.)*")`;
const num = '(-?\\d+(?:\\.\\d+)?)';
const re = (s: string): RegExp => new RegExp(`^${s}$`);
const shapes = {
  search: re(`search\\(${str}\\)`),
  empty: re(`(!?)empty\\(${name}\\)`),
  isNull: re(`${name} ?(==|!=) ?null`),
  bool: re(`(!?)${name}`),
  equal: re(`${name} ?(==|!=) ?(?:${str}|${num}|(me))`),
  within: re(`${name} ?(>=|<) ?now ?- ?duration\\(${str}\\)`),
  since: re(`${name} ?(>=|<) ?(?:timestamp|date)\\(${str}\\)`),
  span: re(`${name} ?(>=|<=) ?duration\\(${str}\\)`),
  order: re(`${name} ?(>=|<=) ?${num}`),
  groups: re(`(!?)\\(?${name} in my_groups\\)?`),
  list: re(`${name} in \\[(.*)\\]`),
  notList: re(`!\\(${name} in \\[(.*)\\]\\)`),
  has: re(`(?:${str}|(me)) in ${name}`),
  contains: re(`${name}\\.contains\\(${str}\\)`),
};

const valueOf = (s: string): string | undefined => (re(str).test(s) ? unquote(s) : re(num).test(s) ? s : s === 'me' ? ME : undefined);

const one = (src: string, field: Fields): Clause => {
  const raw: Clause = { raw: src };
  const clause = (f: string | undefined, op: Op, values: (string | undefined)[] = []): Clause => {
    const d = f ? field(f) : undefined;
    if (!f || !d || !opsFor(d).includes(op) || values.includes(undefined)) return raw;
    return { field: f, op, values: values as string[] };
  };
  let m: RegExpExecArray | null;
  if ((m = shapes.search.exec(src))) return { search: unquote(m[1] ?? '') };
  if ((m = shapes.empty.exec(src))) return clause(m[2], m[1] ? 'filled' : 'empty');
  if ((m = shapes.isNull.exec(src))) return clause(m[1], m[2] === '==' ? 'empty' : 'filled');
  if ((m = shapes.bool.exec(src))) return clause(m[2], m[1] ? 'no' : 'yes');
  if ((m = shapes.equal.exec(src))) return clause(m[1], m[2] === '==' ? 'in' : 'not_in', [m[3] ? unquote(m[3]) : (m[4] ?? ME)]);
  if ((m = shapes.within.exec(src))) return clause(m[1], m[2] === '>=' ? 'within' : 'older', [unquote(m[3] ?? '')]);
  if ((m = shapes.since.exec(src))) return clause(m[1], m[2] === '>=' ? 'since' : 'before', [unquote(m[3] ?? '')]);
  if ((m = shapes.span.exec(src))) return clause(m[1], m[2] === '>=' ? 'gte' : 'lte', [unquote(m[3] ?? '')]);
  if ((m = shapes.order.exec(src))) return clause(m[1], m[2] === '>=' ? 'gte' : 'lte', [m[3]]);
  if ((m = shapes.groups.exec(src))) return clause(m[2], m[1] ? 'not_in' : 'in', [MY_GROUPS]);
  if ((m = shapes.list.exec(src))) return clause(m[1], 'in', split(m[2] ?? '', ',').map(valueOf));
  if ((m = shapes.notList.exec(src))) return clause(m[1], 'not_in', split(m[2] ?? '', ',').map(valueOf));
  if ((m = shapes.has.exec(src))) return clause(m[3], 'contains', [m[2] ? ME : unquote(m[1] ?? '')]);
  if ((m = shapes.contains.exec(src))) return clause(m[1], 'contains', [unquote(m[2] ?? '')]);
  return raw;
};

// parse reads a condition as chips.
export const parse = (src: string, field: Fields): Clause[] => {
  const text = src.trim();
  if (!text) return [];
  if (split(text, '||').length > 1 || split(text, '?').length > 1) return [{ raw: text }];
  return split(text, '&&').map(s => one(s, field));
};

// format writes chips as a condition.
export const format = (clauses: Clause[], field: Fields): string => {
  const parts = clauses.map(c => write(c, field)).filter(Boolean);
  if (parts.length < 2) return parts.join('');
  return parts.map(p => (split(p, '||').length > 1 || split(p, '?').length > 1 ? `(${p})` : p)).join(' && ');
};

// both joins two conditions.
export const both = (a: string, b: string, field: Fields): string => format([...parse(a, field), ...parse(b, field)], field);
