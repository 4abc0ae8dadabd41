// One line of time made of what was said and what was done.
import type { Comment, Step } from '../api/types';

export type View = 'all' | 'talk' | 'changes';
export type Entry = { at: string; comment: Comment } | { at: string; step: Step } | { at: string; steps: Step[] };

// byItself tells what the system did, or what followed by rule from what somebody did.
const byItself = (s: Step): boolean => s.verb !== 'create' && (!s.actor || Boolean(s.via?.startsWith('rule:')));

// entries merges comments and history in time; what the system did by itself between two things
// that people did folds into one line.
export const entries = (comments: Comment[], history: Step[], view: View): Entry[] => {
  const all: ({ at: string; comment: Comment } | { at: string; step: Step })[] = [];
  if (view !== 'talk') for (const step of history) if (step.verb !== 'comment' && step.verb !== 'note') all.push({ at: step.at, step });
  if (view !== 'changes') all.push(...comments.map(comment => ({ at: comment.at, comment })));
  const rank = (e: (typeof all)[number]): number => ('comment' in e ? 1 : e.step.verb === 'create' ? 0 : 2); // of one moment: what follows from words comes after them
  all.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : rank(a) - rank(b)));
  const out: Entry[] = [];
  for (const e of all) {
    const last = out.at(-1);
    if (!('step' in e) || !byItself(e.step)) out.push(e);
    else if (last && 'steps' in last) last.steps.push(e.step);
    else out.push({ at: e.at, steps: [e.step] });
  }
  return out.map(e => ('steps' in e && e.steps.length === 1 && e.steps[0] && !e.steps[0].actor ? { at: e.at, step: e.steps[0] } : e));
};
