// The book: everything declared, as this person may use it. Screens are drawn from it.
import { createContext, useContext } from 'react';
import { titled } from './api/names';
import { worded } from './i18n';
import type { Book as Wire, Field, Kind, Move, Process, Stage } from './api/types';

export type Tone = 'open' | 'active' | 'paused' | 'done' | 'closed';

export class Book {
  readonly wire: Wire;
  readonly kinds = new Map<string, Kind>();
  readonly plurals = new Map<string, Kind>();
  readonly prefixes = new Map<string, Kind>();
  #fields = new Map<string, Map<string, Field>>();
  #homes = new Map<string, { stage: Stage; process: Process }>();

  constructor(wire: Wire) {
    this.wire = wire;
    for (const k of wire.kinds) {
      this.kinds.set(k.name, k);
      this.plurals.set(k.plural, k);
      if (k.prefix) this.prefixes.set(k.prefix, k);
      this.#fields.set(k.name, new Map(k.fields.map(f => [f.name, f])));
      titled.set(k.name, { plural: k.plural, fields: [this.title(k)?.name ?? 'id', ...(k.prefix ? ['number'] : [])] });
    }
    for (const stage of wire.stages) for (const process of stage.processes) for (const k of process.kinds) this.#homes.set(k, { stage, process });
  }

  field(k: Kind, name: string): Field | undefined {
    return this.#fields.get(k.name)?.get(name);
  }
  title(k: Kind): Field | undefined {
    return this.field(k, k.title);
  }
  // home says which process and stage a kind belongs to.
  home(kind: string): { stage: Stage; process: Process } | undefined {
    return this.#homes.get(kind);
  }
  move(k: Kind, name: string): Move | undefined {
    return k.life?.moves.find(m => m.name === name);
  }
  // key is how a record is named in addresses: its number, or its id where it has none.
  key(r: { id: string; number?: string | undefined }): string {
    return r.number || r.id;
  }
  // numbered finds the kind of a number such as INC0000123, and what a hurried person leaves out.
  numbered(text: string): { kind: Kind; number: string } | undefined {
    const m = /^([A-Za-z]+)[-\s]?0*(\d+)$/.exec(text.trim());
    const kind = m ? this.prefixes.get((m[1] ?? '').toUpperCase()) : undefined;
    return kind && m ? { kind, number: kind.prefix + (m[2] ?? '').padStart(7, '0') } : undefined;
  }
  // viewed lists the kinds that declare a view, such as everybody's my_work.
  viewed(view: string): { kind: Kind; filter: string; order: string }[] {
    return this.wire.kinds.flatMap(kind => kind.views.filter(v => v.name === view).map(v => ({ kind, filter: v.filter, order: v.order })));
  }
}

// called says what a record is called, in the language of the reader where its titles have several.
export const called = (k: { title: string }, r: Record<string, unknown>): string => worded(r[k.title]) || String(r['number'] ?? '');

// tone tells the shape and colour of a state from the lifecycle alone: where it begins is open,
// where nothing leads on is closed, where "hold" leads is paused, and what is only a step from
// closing is done.
const tones = new WeakMap<object, Map<string, Tone>>();
export const tone = (k: Kind, state: string): Tone => {
  if (!k.life) return 'active';
  let m = tones.get(k.life);
  if (!m) {
    m = new Map();
    for (const s of k.life.states) {
      const out = k.life.moves.filter(x => x.from.includes(s.name) && x.from.length < 3 && x.to);
      const ends = out.some(x => k.life?.states.find(t => t.name === x.to)?.final);
      const held = k.life.moves.some(x => x.to === s.name && /(^|_)hold$/.test(x.name));
      m.set(s.name, s.final ? 'closed' : s.name === k.life.start ? 'open' : held ? 'paused' : ends ? 'done' : 'active');
    }
    tones.set(k.life, m);
  }
  return m.get(state) ?? 'active';
};

const Context = createContext<Book | null>(null);
export const BookProvider = Context.Provider;
export const useBook = (): Book => {
  const b = useContext(Context);
  if (!b) throw new Error('there is no book here');
  return b;
};
