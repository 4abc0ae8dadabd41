// A lifecycle in plain words: where a request is, what comes next, and what its people can do about it.
import { useMemo } from 'react';
import type { Kind, Move, Rec } from '../api/types';
import { tone, type Tone } from '../book';
import { useSay } from '../i18n';
import { isRequest } from './ask';

type Stated = { state?: string | null } & Record<string, unknown>;

export const toneOf = (k: Kind, r: Stated): Tone => tone(k, r.state ?? '');

// asksMe tells whether a request stands still until its requester answers.
export const asksMe = (k: Kind, r: Stated): boolean => toneOf(k, r) === 'paused' && r['hold_reason'] === 'awaiting_customer';

// aside tells whether a request ended elsewhere than at the end of its usual way.
const aside = (k: Kind, state: string): boolean => tone(k, state) === 'closed' && state !== k.life?.states.find(s => s.final)?.name;

// way lists the steps that the rail shows; waiting is one only while it lasts.
export const way = (k: Kind, r: Stated): Tone[] => {
  if (aside(k, r.state ?? '')) return ['open', 'closed'];
  return toneOf(k, r) === 'paused' ? ['open', 'active', 'paused', 'done', 'closed'] : ['open', 'active', 'done', 'closed'];
};

export const useStepWord = () => {
  const { t, label } = useSay();
  return useMemo(
    () =>
      (k: Kind, r: Stated, step: Tone = toneOf(k, r)): string => {
        if (step === 'closed' && aside(k, r.state ?? '')) return label(k.life?.states.find(s => s.name === r.state)?.label);
        // A team has it, and nobody of it yet.
        if (step === 'active' && toneOf(k, r) === 'active' && r['assignee'] === null) return t('portal.step.team');
        return t(step === 'paused' && asksMe(k, r) ? 'portal.step.mine' : `portal.step.${step}`);
      },
    [t, label],
  );
};

export type Meaning = 'confirm' | 'reopen' | 'cancel';
export type Deed = { move: Move; meaning: Meaning | undefined };

const meaning = (k: Kind, r: Rec, m: Move): Meaning | undefined => {
  if (!m.to || m.needs.length > 0) return undefined;
  const [from, to] = [toneOf(k, r), tone(k, m.to)];
  if (from === 'done') return to === 'closed' ? 'confirm' : 'reopen';
  return to === 'closed' && aside(k, m.to) ? 'cancel' : undefined;
};

// deeds are the moves open to somebody here. On a request those three that concern its people, whoever
// looks; on anything else, such as an approval, all that lead on, as the book calls them.
export const deeds = (k: Kind, r: Rec): Deed[] => {
  const moves = r.can.moves.flatMap(n => k.life?.moves.find(m => m.name === n) ?? []);
  if (!isRequest(k)) return moves.filter(m => m.to).map(move => ({ move, meaning: undefined }));
  return (['confirm', 'reopen', 'cancel'] as const).flatMap(what => {
    const move = moves.find(m => meaning(k, r, m) === what);
    return move ? [{ move, meaning: what }] : [];
  });
};
