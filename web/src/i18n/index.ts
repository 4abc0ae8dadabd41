// Words of the console, dates, numbers and durations in the person's language.
import { prefs, type Lang } from '../prefs';
import { Store, useStore } from '../store';
import type { words as core } from './ko';

// The places whose words come with their pages.
type Areas = {
  admin: typeof import('./ko.admin').words;
  approval: typeof import('./ko.approval').words;
  board: typeof import('./ko.board').words;
  calendar: typeof import('./ko.calendar').words;
  dashboard: typeof import('./ko.dashboard').words;
  figures: typeof import('./ko.figures').words;
  inbox: typeof import('./ko.inbox').words;
  portal: typeof import('./ko.portal').words;
  queue: typeof import('./ko.queue').words;
  record: typeof import('./ko.record').words;
  room: typeof import('./ko.room').words;
};
export type Area = keyof Areas;
export type Key = keyof typeof core | { [A in Area]: keyof Areas[A] }[Area];
export type Word = string | { one: string; other: string };
export type Words = Record<Key, Word>;
export type Args = Record<string, string | number>;
export type Label = { ko: string; en: string };

// Only the words of the language in use are loaded, and those of one place (an area) only
// with its pages; the other language's come when it is chosen.
const files = import.meta.glob<{ words: Partial<Words> }>(['./ko*.ts', './en*.ts']);
const words: Record<Lang, Partial<Words>> = { ko: {}, en: {} };
const needed = new Set<Area | ''>(['']);
const read = new Map<string, Promise<unknown>>();
export const load = (l: Lang): Promise<unknown> =>
  Promise.all(
    [...needed].map(area => {
      const name = area ? `./${l}.${area}.ts` : `./${l}.ts`;
      let r = read.get(name);
      if (!r) {
        r = (files[name]?.() ?? Promise.reject(new Error(name))).then(m => Object.assign(words[l], m.words));
        r.catch(() => read.delete(name)); // a lost connection may come back
        read.set(name, r);
      }
      return r;
    }),
  );

// need loads the words of an area before its page is drawn.
export const need = async (area: Area): Promise<void> => {
  needed.add(area);
  await load(lang());
};

// browserLang is what the browser asks for, until a person chooses.
const browserLang = (): Lang => (/^ko/i.test(navigator.language) ? 'ko' : 'en');
export const lang = (): Lang => prefs.get().lang ?? browserLang();

// say writes one sentence of the console; {name} stands for an argument.
export const say = (l: Lang, key: Key, args: Args = {}): string => {
  const w = words[l][key] ?? key; // a key shows only where nothing was loaded
  const n = args['n'];
  const text = typeof w === 'string' ? w : w[new Intl.PluralRules(l).select(Number(n)) === 'one' ? 'one' : 'other'];
  return text.replace(/\{(\w+)\}/g, (all, name: string) => {
    const v = args[name];
    return v === undefined ? all : typeof v === 'number' ? new Intl.NumberFormat(l).format(v) : v;
  });
};

export type Say = ReturnType<typeof sayer>;

const locales: Record<Lang, string> = { ko: 'ko-KR', en: 'en-GB' };

const sayer = (l: Lang) => {
  const loc = locales[l];
  const date = new Intl.DateTimeFormat(loc, { year: 'numeric', month: 'short', day: 'numeric' });
  const day = new Intl.DateTimeFormat(loc, { month: 'short', day: 'numeric' });
  const full = new Intl.DateTimeFormat(loc, { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false });
  const exact = new Intl.DateTimeFormat(loc, { dateStyle: 'full', timeStyle: 'long' });
  const utc = new Intl.DateTimeFormat(loc, { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC', hour12: false });
  const clock = new Intl.DateTimeFormat(loc, { hour: '2-digit', minute: '2-digit', hour12: false });
  const relative = new Intl.RelativeTimeFormat(loc, { numeric: 'auto', style: l === 'ko' ? 'long' : 'narrow' });
  const number = new Intl.NumberFormat(loc);
  const t = (key: Key, args?: Args): string => say(l, key, args);
  const span = (seconds: number): string => {
    const s = Math.round(Math.abs(seconds));
    const [d, h, m] = [Math.floor(s / 86400), Math.floor((s % 86400) / 3600), Math.floor((s % 3600) / 60)];
    const parts: [Key, number][] = d ? [['unit.d', d], ['unit.h', h]] : h ? [['unit.h', h], ['unit.m', m]] : m || !s ? [['unit.m', m]] : [['unit.s', s]];
    return parts.filter(([, n], i) => n || i === 0).map(([k, n]) => t(k, { n })).join(' ');
  };
  return {
    lang: l,
    t,
    label: (w: Label | undefined): string => (w ? w[l] || w.ko || w.en : ''),
    number: (n: number): string => number.format(n),
    date: (v: string): string => date.format(new Date(v.length === 10 ? v + 'T00:00:00' : v)),
    time: (v: string): string => full.format(new Date(v)),
    clock: (v: string): string => clock.format(new Date(v)),
    // exact is what hovering shows: the whole moment where the viewer is, and in UTC.
    exact: (v: string): string => `${exact.format(new Date(v))}\n${utc.format(new Date(v))} UTC`,
    // ago says a moment as people do: minutes, hours and days near now, the date beyond a week,
    // with its year where that is not plain.
    ago: (v: string, now: number): string => {
      const s = (new Date(v).getTime() - now) / 1000;
      const a = Math.abs(s);
      if (a < 45) return t('time.now');
      if (a < 3600) return relative.format(Math.round(s / 60), 'minute');
      if (a < 86400) return relative.format(Math.round(s / 3600), 'hour');
      if (a < 7 * 86400) return relative.format(Math.round(s / 86400), 'day');
      return (a < 300 * 86400 ? day : date).format(new Date(v));
    },
    span,
    // left says how long is left until a moment, or how long ago it was due.
    left: (v: string, now: number): string => {
      const s = (new Date(v).getTime() - now) / 1000;
      return t(s < 0 ? 'time.overdue' : 'time.left', { span: span(s) });
    },
    size: (bytes: number): string => {
      const unit = bytes < 1024 ? 'byte' : bytes < 1024 ** 2 ? 'kilobyte' : 'megabyte';
      const n = unit === 'byte' ? bytes : unit === 'kilobyte' ? bytes / 1024 : bytes / 1024 ** 2;
      return new Intl.NumberFormat(loc, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 }).format(n);
    },
    money: (m: { amount: string; currency: string }): string =>
      new Intl.NumberFormat(loc, { style: 'currency', currency: m.currency || 'KRW', trailingZeroDisplay: 'stripIfInteger' }).format(Number(m.amount)),
  };
};

const sayers: Record<Lang, Say> = { ko: sayer('ko'), en: sayer('en') };

// spoken is the chosen language as soon as its words are there.
const spoken = new Store<Lang>(lang());
export const speak = async (): Promise<void> => {
  const l = lang();
  await load(l);
  if (l === lang()) spoken.set(l);
};
prefs.listen(() => void speak());

// sayNow is for code outside components; what a component shows must come from useSay.
export const sayNow = (): Say => sayers[lang()];

// worded reads what is a text, or a text in several languages, in the language of the reader.
export const worded = (v: unknown): string => String((v && typeof v === 'object' ? sayNow().label(v as Label) : v) ?? '');

export const useSay = (): Say => sayers[useStore(spoken)];
