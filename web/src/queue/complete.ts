// What may stand where the caret is in a filter: fields by their name or label, operators that fit
// them, their values, and the functions of the language. It reads only what is left of the caret, and
// guesses; whether a filter is right the server says.
import type { Field, Kind } from '../api/types';
import type { Book } from '../book';
import type { Say } from '../i18n';
import { choseong, matches } from '../text';

// An Offer is a text to put in; | is where the caret comes to stand, else behind it.
// It is found by its name and hint, and by what else it is called.
export type Offer = { insert: string; name: string; hint: string; also?: string };
// names asks also for the records of a kind that are called so.
export type Completion = { from: number; to: number; word: string; offers: Offer[]; names?: { kind: string; query: string } };

const TOKEN = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[\p{L}_][\p{L}\p{N}_.]*|\d+(?:\.\d+)?|&&|\|\||[=!<>]=|[<>!()[\],+\-?:]/gu;
const compares = new Set(['==', '!=', '<', '<=', '>', '>=']);
const opens = new Set(['&&', '||', '(', '!', '?', ':']);
const both = (l: { ko: string; en: string }): string => `${l.ko} ${l.en}`;
const many = (f: Field): boolean => f.type === 'references' || f.type === 'texts';
const textual = (f: Field): boolean => f.type === 'text' || f.type === 'rich_text';
const ordered = (f: Field): boolean => ['int', 'decimal', 'percent', 'time', 'date', 'duration'].includes(f.type);

export const quoted = (s: string): string => `'${s.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;

// opening gives the place of a quote that is still open, or -1.
const opening = (s: string): number => {
  let at = -1;
  for (let i = 0; i < s.length; i++) {
    const c = s.charAt(i);
    if (at >= 0 && c === '\\') i++;
    else if (at >= 0 && c === s.charAt(at)) at = -1;
    else if (at < 0 && (c === "'" || c === '"')) at = i;
  }
  return at;
};

// fieldNamed finds a field by its name, or by the name of a reference and one behind it.
const fieldNamed = (book: Book, k: Kind, name: string | undefined): Field | undefined => {
  if (!name) return undefined;
  const [head = '', tail] = name.split('.');
  const f = book.field(k, head);
  if (!tail) return f;
  const far = f?.type === 'reference' && f.to ? book.kinds.get(f.to) : undefined;
  return far && book.field(far, tail);
};

// fields lists what a kind has, what lists usually show first.
const fields = (k: Kind, say: Say, before = ''): Offer[] => [...k.fields.filter(f => k.list.includes(f.name)), ...k.fields.filter(f => !k.list.includes(f.name))].filter(f => f.type !== 'file').map(f => ({ insert: before + f.name + (f.type === 'bool' || many(f) || before ? '' : ' '), name: before + f.name, hint: say.label(f.label), also: both(f.label) }));

const functions = (say: Say): Offer[] =>
  (
    [
      ["search('|')", 'search'], ['empty(|)', 'empty'], ['!empty(|)', 'not'], ['me in ', 'me'], ['month(|)', 'month'], ['day(|)', 'day'], ['hour(|)', 'hour'], ['weekday(|)', 'weekday'], ['size(|)', 'size'],
    ] as const
  ).map(([insert, fn]) => ({ insert, name: insert.replace('|', ''), hint: fn === 'not' ? say.t('op.filled') : say.t(`queue.fn.${fn}`) }));

const operators = (f: Field, say: Say): Offer[] => {
  const o = (insert: string, hint: Parameters<Say['t']>[0]): Offer => ({ insert, name: insert.replace('|', '').trim(), hint: say.t(hint) });
  if (f.type === 'bool' || many(f)) return joins(say);
  if (['money', 'words', 'json'].includes(f.type)) return [];
  return [
    o('== ', 'queue.fn.eq'),
    o('!= ', 'queue.fn.ne'),
    ...(ordered(f) ? [o('>= ', 'queue.fn.ge'), o('<= ', 'queue.fn.le'), o('> ', 'queue.fn.gt'), o('< ', 'queue.fn.lt')] : []),
    ...(textual(f) ? [o(".contains('|')", 'queue.fn.contains'), o(".startsWith('|')", 'queue.fn.startsWith'), o(".endsWith('|')", 'queue.fn.endsWith'), o(".lowerAscii()", 'queue.fn.lowerAscii')] : []),
    ...(f.to === 'group' ? [o('in my_groups', 'queue.fn.mygroups')] : []),
    ...(f.type === 'time' || f.type === 'date' || f.type === 'duration' ? [] : [{ ...o('in [|]', 'queue.fn.in'), name: 'in [ ]' }]),
  ];
};

const joins = (say: Say): Offer[] => [{ insert: '&& ', name: '&&', hint: say.t('queue.fn.and') }, { insert: '|| ', name: '||', hint: say.t('queue.fn.or') }];

const values = (f: Field, say: Say): Offer[] => {
  const o = (insert: string, hint: Parameters<Say['t']>[0]): Offer => ({ insert, name: insert.replace('|', ''), hint: say.t(hint) });
  if (f.choices) return f.choices.map(c => ({ insert: f.type === 'int' ? c.code : quoted(c.code), name: f.type === 'int' ? c.code : quoted(c.code), hint: say.label(c.label), also: both(c.label) }));
  switch (f.type) {
    case 'bool':
      return [o('true', 'queue.fn.true'), o('false', 'queue.fn.false')];
    case 'reference':
      return [...(f.to === 'user' ? [o('me', 'queue.fn.me')] : []), ...(f.to === 'unit' ? [o('my_unit', 'queue.fn.myunit')] : []), o('null', 'op.empty')];
    case 'time':
      return [o("now - duration('|24h')", 'queue.fn.duration'), o('now', 'queue.fn.now'), o("timestamp('|')", 'queue.fn.timestamp')];
    case 'date':
      return [o('today', 'queue.fn.today'), o("date('|')", 'queue.fn.date')];
    case 'duration':
      return [o("duration('|1h')", 'queue.fn.duration')];
    case 'text':
      return [];
    default:
      return [o('null', 'op.empty')];
  }
};

// listed finds the field that a list in brackets belongs to: state in ['new', …
const listedOf = (tokens: string[]): string | undefined => {
  for (let i = tokens.length - 1, depth = 0; i >= 0; i--) {
    const x = tokens[i] ?? '';
    if (x === ']' || x === ')') depth++;
    else if (x === '(') depth--;
    else if (x === '[' && depth-- === 0) return tokens[i - 1] === 'in' ? tokens[i - 2] : undefined;
    if (depth < 0) return undefined;
  }
  return undefined;
};

type Where = { offers: Offer[]; names?: string };

// at says what may stand behind some tokens.
const at = (book: Book, k: Kind, say: Say, tokens: string[], word: string): Where => {
  const [last, prev] = [tokens.at(-1), tokens.at(-2)];
  const value = (f: Field | undefined): Where => (f ? { offers: values(f, say), ...(f.type === 'reference' && f.to ? { names: f.to } : {}) } : { offers: [] });
  if (last !== undefined && compares.has(last)) return value(fieldNamed(book, k, prev));
  if (last === '[' || last === ',') return value(fieldNamed(book, k, listedOf(tokens)));
  if (last === 'in') {
    const f = fieldNamed(book, k, prev);
    if (f && !many(f)) return { offers: [{ insert: '[|]', name: '[ ]', hint: say.t('queue.fn.in') }, ...(f.to === 'group' ? [{ insert: 'my_groups', name: 'my_groups', hint: say.t('queue.fn.mygroups') }] : [])] };
    return { offers: k.fields.filter(many).map(x => ({ insert: x.name, name: x.name, hint: say.label(x.label), also: both(x.label) })) };
  }
  if (last === '(' && prev !== undefined && /^(empty|size)$/.test(prev)) return { offers: fields(k, say).map(o => ({ ...o, insert: o.name })) };
  if (last === '(' && prev !== undefined && /^(month|day|hour|weekday)$/.test(prev)) return { offers: k.fields.filter(f => f.type === 'time').map(f => ({ insert: f.name, name: f.name, hint: say.label(f.label) })) };
  if (last === '(' && prev !== undefined && !opens.has(prev) && /^[\p{L}_]/u.test(prev)) return { offers: [] }; // the text of a function
  if (last === undefined || opens.has(last)) {
    const dot = word.lastIndexOf('.');
    if (dot < 0) return { offers: [...fields(k, say), ...functions(say)] };
    const f = book.field(k, word.slice(0, dot));
    const far = f?.type === 'reference' && f.to ? book.kinds.get(f.to) : undefined;
    return { offers: far ? fields(far, say, word.slice(0, dot + 1)) : f ? operators(f, say).filter(o => o.name.startsWith('.')).map(o => ({ ...o, insert: f.name + o.insert, name: f.name + o.name })) : [] };
  }
  const f = prev === undefined || opens.has(prev) ? fieldNamed(book, k, last) : undefined;
  if (f) return { offers: operators(f, say) };
  return { offers: last === '+' || last === '-' ? [{ insert: "duration('|24h')", name: "duration('')", hint: say.t('queue.fn.duration') }] : joins(say) };
};

// rank puts what begins as one typed before what only contains it.
const rank = (o: Offer, word: string): number => {
  const w = word.toLowerCase();
  const name = o.name.replace(/^'/, '').toLowerCase();
  const hint = o.hint.toLowerCase();
  return name === w ? 0 : name.startsWith(w) ? 1 : hint.startsWith(w) || choseong(hint).startsWith(w) ? 2 : 3;
};

export const complete = (book: Book, k: Kind, say: Say, text: string, caret: number): Completion => {
  const left = text.slice(0, caret);
  const quote = opening(left);
  let from: number;
  let to = caret;
  let word: string;
  if (quote >= 0) {
    word = left.slice(quote + 1);
    from = quote;
    const close = text.indexOf(text.charAt(quote), caret);
    const rest = close < 0 ? '' : text.slice(caret, close);
    if (close >= 0 && !/[\s()[\],]/.test(rest)) to = close + 1;
  } else {
    word = /[\p{L}\p{N}_.]*$/u.exec(left)?.[0] ?? '';
    from = caret - word.length;
    to = caret + (/^[\p{L}\p{N}_]*/u.exec(text.slice(caret))?.[0].length ?? 0);
  }
  const before = text.slice(0, from);
  const where = at(book, k, say, before.match(TOKEN) ?? [], word);
  let { offers } = where;
  if (quote >= 0) offers = offers.filter(o => o.insert.startsWith("'"));
  if (word) offers = offers.filter(o => matches(`${o.name} ${o.hint} ${o.also ?? ''}`, word)).sort((a, b) => rank(a, word) - rank(b, word));
  // An operator stands apart from its field, but what is called on a field is not.
  const gap = before !== '' && !/[\s([!.]$/.test(before) ? ' ' : '';
  return {
    from,
    to,
    word,
    offers: offers.map(o => (o.insert.startsWith('.') ? o : { ...o, insert: gap + o.insert })),
    ...(where.names ? { names: { kind: where.names, query: word } } : {}),
  };
};

// taken gives the text with an offer put in, and where the caret then is.
export const taken = (text: string, c: Completion, o: Offer): { text: string; caret: number } => {
  const head = o.insert.startsWith('.') ? text.slice(0, c.from).trimEnd() : text.slice(0, c.from);
  const mark = o.name === '||' ? -1 : o.insert.indexOf('|');
  const insert = mark < 0 ? o.insert : o.insert.slice(0, mark) + o.insert.slice(mark + 1);
  const tail = text.slice(c.to);
  const joined = insert.endsWith(' ') && tail.startsWith(' ') ? tail.slice(1) : tail;
  return { text: head + insert + joined, caret: head.length + (mark < 0 ? insert.length : mark) };
};
