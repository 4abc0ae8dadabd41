// What the API says. Record values are data, so the types that matter are the book's.
import type { Label } from '../i18n';

export type FieldType =
  | 'text' | 'rich_text' | 'choice' | 'int' | 'decimal' | 'percent' | 'money' | 'duration' | 'time' | 'date'
  | 'bool' | 'reference' | 'references' | 'texts' | 'json' | 'file' | 'words';

export type Choice = { code: string; label: Label };

export type Field = {
  name: string;
  type: FieldType;
  label: Label;
  section: string;
  required: boolean;
  derived: boolean;
  fixed: boolean;
  internal: boolean;
  personal: boolean;
  search: boolean;
  custom: boolean;
  on_create: boolean;
  to?: string;
  among?: string; // one of those in a list of the record that another field refers to: "group.members"
  of?: string; // the id of a record of whatever kind that other field names
  min?: number;
  max?: number;
  default?: string;
  choices?: Choice[];
};

export type Guard = { name: string; message: Label };
export type Move = { name: string; from: string[]; to: string | null; needs: string[]; takes: string[]; auto: boolean; guards: Guard[]; label: Label };
export type State = { name: string; label: Label; final: boolean };
export type Life = { start: string; states: State[]; moves: Move[] };
export type LinkType = { name: string; to: string[]; card: string; mirror: string | null; label: Label; reverse: Label };
export type View = { name: string; label: Label; filter: string; order: string };

export type Kind = {
  name: string;
  plural: string;
  prefix: string;
  title: string;
  config: boolean;
  label: Label;
  label_plural: Label;
  list: string[];
  fields: Field[];
  can_create: boolean;
  links: LinkType[];
  views: View[];
  life?: Life;
};

export type Process = { name: string; label: Label; purpose: Label; kinds: string[]; kpis: string[] };
export type Stage = { name: string; label: Label; processes: Process[] };
export type Book = { languages: string[]; stages: Stage[]; kinds: Kind[]; sections: Record<string, Label>; roles: Named[] };
export type Named = { name: string; label: Label };

export type Me = { id: string; name: string; roles: string[]; groups: string[]; unit: string; lang: string };

export type Can = { moves: string[]; fields: string[]; verbs: string[] };
export type Value = unknown;
export type Ref = { kind: string; number?: string; title: string };
export type Refs = Record<string, Ref>;
export type Rec = { id: string; kind: string; number?: string; version: number; state?: string; created_at: string; updated_at: string; can: Can; refs?: Refs } & Record<string, Value>;
export type Row = { id: string; number?: string; state?: string; version: number } & Record<string, Value>;
export type Page = { items: Row[]; next_cursor: string | null; total?: number; total_is_at_least?: boolean; refs?: Refs };

export type Comment = { id: string; at: string; author: string; body: string; internal: boolean };
export type Turn = { field: string; old: Value; new: Value; erased?: boolean };
export type Step = { at: string; change: string; actor?: string; via?: string; version: number; verb: string; reason?: string; fields?: Turn[]; note?: Record<string, Value>; hash: string };
export type Attachment = { id: string; at: string; author: string; name: string; type: string; size: number; internal: boolean };
export type Link = { id: string; type: string; reverse: boolean; record: { kind: string; id: string; number: string; title: string; state: string } };
export type Found = { kind: string; id: string; number: string; title: string; state: string | null; updated_at: string };
export type Alike = { kind: string; id: string; number: string; title: string; state: string | null; resolution: string; same: string[] };
export type Count = { total: number | null; total_is_at_least?: boolean };
export type GroupCount = { value: Value; title?: string; total: number; filter: string };
export type Groups = { total: number | null; code?: string; groups?: GroupCount[]; more?: boolean };

export type Change = { kind: string; id: string; number?: string; version: number; verb: string; at: string; by?: string };
export type Viewing = { kind: string; id: string; user: string; name: string; doing: 'viewing' | 'writing' | 'left' };
