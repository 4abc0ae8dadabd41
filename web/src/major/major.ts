// What makes an incident a major one, and the times of its room.
import { useEffect, useState } from 'react';
import type { Kind, Rec, Row } from '../api/types';
import type { Book } from '../book';

// canBeMajor tells the kinds that have a room: those that say whether they are major, and who commands.
export const canBeMajor = (book: Book, k: Kind): boolean => Boolean(book.field(k, 'major') && book.field(k, 'mi_commander'));
export const isMajor = (r: Rec | Row): boolean => r['major'] === 'candidate' || r['major'] === 'confirmed';

// The moves of a room, in their order.
export const roomMoves = ['confirm_major', 'demote_major', 'resolve'];

// partsOf finds the tasks and the updates that belong to a kind.
export const partsOf = (book: Book, k: Kind): { tasks: Kind | undefined; updates: Kind | undefined } => {
  const parts = book.wire.kinds.filter(p => p.fields.some(f => f.type === 'reference' && f.to === k.name && f.required && f.fixed));
  return { tasks: parts.find(p => p.life && book.field(p, 'assignee')), updates: parts.find(p => book.field(p, 'audience')) };
};
// ownerField is the field by which a part belongs to the kind.
export const ownerField = (part: Kind, k: Kind): string => part.fields.find(f => f.to === k.name && f.required && f.fixed)?.name ?? '';

// startOf is when it began, as far as is known.
export const startOf = (r: Rec): string => String(r['impact_start'] ?? r['detected_at'] ?? r.created_at);

const two = (n: number): string => String(n).padStart(2, '0');
// clock writes a length of time to the second: 1:05:09.
export const clock = (seconds: number): string => {
  const s = Math.floor(Math.abs(seconds));
  return `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
};
// offset writes a moment by the time since the start: +1:05, and −0:03 of what came before.
export const offset = (at: string, start: string): string => {
  const m = Math.trunc((Date.parse(at) - Date.parse(start)) / 60_000);
  return `${m < 0 ? '−' : '+'}${Math.floor(Math.abs(m) / 60)}:${two(Math.abs(m) % 60)}`;
};

export const useSeconds = (): number => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
};
