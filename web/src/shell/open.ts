// What is open over the page, and what the page under it offers to the palette.
import { Store } from '../store';
import type { Kind, Move, Rec } from '../api/types';

export const paletteOpen = new Store(false);
export const sheetOpen = new Store(false);
// creating is the kind of the quick form that is open; 'any' asks which.
export const creating = new Store<string | null>(null);
// toSay is what somebody wants to write on the record that opens next.
export const toSay = new Store<'comment' | 'note' | null>(null);
// current is the record on the screen, for commands that act on it.
export const current = new Store<{ kind: Kind; rec: Rec; moves: Move[]; run: (m: Move) => void } | null>(null);
