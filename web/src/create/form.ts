// What a form of a kind asks for, and in which order; nothing here knows a kind by name.
import type { Field, Kind } from '../api/types';
import type { Book } from '../book';

const hidden = new Set(['source', 'source_id']); // an importer's, not a person's

// fieldsFor lists what may be filled in on creating, the required first within their section.
export const fieldsFor = (k: Kind): Field[] => {
  const weight = (f: Field): number => (f.name === k.title ? 0 : f.required ? 1 : f.type === 'rich_text' ? 2 : f.name === 'tags' ? 4 : 3);
  const all = k.fields.filter(f => f.on_create && f.type !== 'file' && !hidden.has(f.name));
  return all.map((f, i) => ({ f, i })).sort((a, b) => weight(a.f) - weight(b.f) || a.i - b.i).map(x => x.f);
};

// quick picks the few fields of the short form: the title, what is required and has no default,
// and the first long text.
export const quick = (book: Book, k: Kind, fixed: Set<string>): Field[] => {
  const all = fieldsFor(k).filter(f => !fixed.has(f.name));
  const title = book.title(k);
  const picked = all.filter(f => f.name === title?.name || (f.required && f.default === undefined));
  const long = all.find(f => f.type === 'rich_text');
  if (long && !picked.includes(long)) picked.push(long);
  if (picked.length < 3) picked.push(...all.filter(f => !picked.includes(f) && f.custom === false).slice(0, 3 - picked.length));
  return picked.sort((a, b) => Number(b === title) - Number(a === title));
};

// byHand tells whether somebody can make a record with a form: what it needs can be written there.
export const byHand = (k: Kind): boolean => k.can_create && !k.fields.some(f => f.on_create && f.required && f.type === 'json');

// sectionsOf groups fields as the book orders them.
export const sectionsOf = (fields: Field[]): { name: string; fields: Field[] }[] => {
  const out: { name: string; fields: Field[] }[] = [];
  for (const f of fields.toSorted((a, b) => Number(b.section === 'main') - Number(a.section === 'main'))) {
    const s = out.find(x => x.name === f.section);
    if (s) s.fields.push(f);
    else out.push({ name: f.section, fields: [f] });
  }
  return out;
};
