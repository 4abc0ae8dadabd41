// What a list is made of, line by line: rows, the heads of groups, and lines that are known to be
// there and not yet read. Only what is looked at is ever drawn, so a line is found by counting.
import type { Row, Value } from '../api/types';

export type Group = { key: string; value: Value; total: number; filter: string };
// A Segment is a window into a list: of one group, or of all. Lines that wait stand behind its rows,
// or above them in a list that is read from its end.
export type Segment = { group: Group | null; folded: boolean; rows: Row[]; waiting: number; above?: boolean };
export type Line = { type: 'group'; key: string; group: Group; folded: boolean } | { type: 'row'; key: string; row: Row } | { type: 'wait'; key: string };

export const headKey = (g: Group): string => `group:${g.key}`;

export class Lines {
  readonly segments: Segment[];
  readonly count: number;
  readonly #starts: number[] = [];
  #places: Map<string, number> | undefined;

  constructor(segments: Segment[]) {
    this.segments = segments;
    let n = 0;
    for (const s of segments) {
      this.#starts.push(n);
      n += (s.group ? 1 : 0) + (s.folded ? 0 : s.rows.length + s.waiting);
    }
    this.count = n;
  }

  // #segment finds the segment that a line is in.
  #segment(i: number): number {
    let [lo, hi] = [0, this.#starts.length - 1];
    while (lo < hi) {
      const mid = Math.ceil((lo + hi) / 2);
      if ((this.#starts[mid] ?? 0) <= i) lo = mid;
      else hi = mid - 1;
    }
    return lo;
  }

  at(i: number): Line | undefined {
    if (i < 0 || i >= this.count) return undefined;
    const n = this.#segment(i);
    const s = this.segments[n];
    if (!s) return undefined;
    let k = i - (this.#starts[n] ?? 0);
    if (s.group && k-- === 0) return { type: 'group', key: headKey(s.group), group: s.group, folded: s.folded };
    const row = s.rows[s.above ? k - s.waiting : k];
    return row ? { type: 'row', key: row.id, row } : { type: 'wait', key: `wait:${i}` };
  }

  // indexOf finds the line of a row or of a group's head; -1 where it is folded away or not read.
  indexOf(key: string | undefined): number {
    if (key === undefined) return -1;
    if (!this.#places) {
      this.#places = new Map();
      for (const [n, s] of this.segments.entries()) {
        let at = this.#starts[n] ?? 0;
        if (s.group) this.#places.set(headKey(s.group), at++);
        if (s.folded) continue;
        if (s.above) at += s.waiting;
        for (const r of s.rows) this.#places.set(r.id, at++);
      }
    }
    return this.#places.get(key) ?? -1;
  }

  // wanting lists the segments whose waiting lines lie between two lines.
  wanting(from: number, to: number): Segment[] {
    const out: Segment[] = [];
    for (let n = this.#segment(Math.max(0, from)); n < this.segments.length; n++) {
      const s = this.segments[n];
      const start = this.#starts[n] ?? 0;
      if (!s || start > to) break;
      if (s.folded || s.waiting === 0) continue;
      const first = start + (s.group ? 1 : 0) + (s.above ? 0 : s.rows.length);
      if (first <= to && first + s.waiting > from) out.push(s);
    }
    return out;
  }

  // near finds the next line in a direction that one can stand on.
  near(i: number, step: 1 | -1): Line | undefined {
    for (let n = i; n >= 0 && n < this.count; n += step) {
      const l = this.at(n);
      if (l && l.type !== 'wait') return l;
    }
    return undefined;
  }

  // between gives the rows from one line to another, in any order.
  between(a: number, b: number): Row[] {
    const out: Row[] = [];
    for (let i = Math.min(a, b); i <= Math.max(a, b); i++) {
      const l = this.at(i);
      if (l?.type === 'row') out.push(l.row);
    }
    return out;
  }
}
