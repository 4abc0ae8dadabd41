// Everything that happened in one line of time, newest first: it records itself.
import { useMemo, type ReactNode } from 'react';
import { useComments, useHistory } from '../api/queries';
import type { Kind, Row } from '../api/types';
import { useBook } from '../book';
import { isEmpty, Person, Show } from '../fields/Show';
import { useSay, type Label } from '../i18n';
import { Said } from '../record/Said';
import { langOf } from '../text';
import { offset } from './major';

type Entry = { id: string; at: string; who: string | undefined; what: ReactNode; body?: ReactNode; look: 'note' | 'comment' | 'update' | 'task' | 'change' };
type Props = { kind: Kind; id: string; start: string; updates: { kind: Kind; rows: Row[] } | undefined; tasks: { kind: Kind; rows: Row[] } | undefined; most?: number };

// Fields whose changes say nothing in a room: what is computed, and what the line shows anyway.
const dull = new Set(['version', 'updated_at', 'updated_by', 'stale', 'due_at']);

export const Stream = ({ kind: k, id, start, updates, tasks, most }: Props) => {
  const say = useSay();
  const { t, label } = say;
  const book = useBook();
  const comments = useComments(k, id).data;
  const history = useHistory(k, id).data;
  const list = useMemo(() => {
    const out: Entry[] = [];
    for (const c of comments ?? []) out.push({ id: c.id, at: c.at, who: c.author, what: t(c.internal ? 'activity.note' : 'activity.comment'), body: <span lang={langOf(c.body)}><Said text={c.body} /></span>, look: c.internal ? 'note' : 'comment' });
    for (const s of history ?? []) {
      const move = book.move(k, s.verb);
      if (s.verb === 'comment' || s.verb === 'note') continue;
      const turns = s.verb === 'create' ? [] : (s.fields ?? []).filter(f => !dull.has(f.field) && (move || !book.field(k, f.field)?.derived)).flatMap(f => book.field(k, f.field) ?? []).filter(f => !f.derived || f.name === 'state' || f.name === 'major');
      if (!move && s.verb !== 'create' && !turns.length) continue;
      out.push({
        id: s.hash, at: s.at, who: s.actor, look: 'change', what: move ? label(move.label) : t(s.verb === 'create' ? 'activity.created' : 'activity.changed'),
        body: (turns.length > 0 || s.reason) && (
          <>
            {turns.slice(0, 5).map(f => {
              const v = s.fields?.find(x => x.field === f.name)?.new;
              return (
                <span key={f.name} className="turn">
                  <span className="dim">{label(f.label)}</span> {isEmpty(v) ? t('app.none') : <Show kind={k} field={f} value={v} link={false} />}
                </span>
              );
            })}
            {s.reason && <span className="turn" lang={langOf(s.reason)}>{t('activity.reason', { reason: s.reason })}</span>}
          </>
        ),
      });
    }
    for (const r of updates?.rows ?? []) {
      const words = r['text'] as Label | undefined;
      const value = (n: string): ReactNode => {
        const f = updates && book.field(updates.kind, n);
        return f && updates && !isEmpty(r[n]) ? <Show kind={updates.kind} field={f} value={r[n]} /> : null;
      };
      out.push({ id: r.id, at: String(r['created_at']), who: r['created_by'] as string | undefined, look: 'update', what: <>{label(updates?.kind.label)} · {value('audience')} · {value('status')}</>, body: <span lang={langOf(label(words))}>{label(words)}</span> });
    }
    for (const r of tasks?.rows ?? []) {
      const name = <span lang={langOf(r[tasks?.kind.title ?? ''])}>{String(r[tasks?.kind.title ?? ''] ?? '')}</span>;
      out.push({ id: r.id, at: String(r['created_at']), who: r['created_by'] as string | undefined, look: 'task', what: label(tasks?.kind.label), body: name });
      if (typeof r['done_at'] === 'string') out.push({ id: `${r.id}-done`, at: r['done_at'], who: r['updated_by'] as string | undefined, look: 'task', what: <>{label(tasks?.kind.label)} · {t('room.task.done')}</>, body: name });
    }
    // Of what happened at one moment the last comes first, too.
    return out.toReversed().sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  }, [comments, history, updates, tasks, k, book, t, label]);
  return (
    <ol className="stream">
      {list.slice(0, most).map(e => (
        <li key={e.id} className={e.look}>
          <time className="num" dateTime={e.at} title={say.exact(e.at)}>
            {offset(e.at, start)}
          </time>
          <div>
            <p className="meta">
              <b>
                <Person id={e.who} />
              </b>{' '}
              · <span className="what">{e.what}</span> · <span className="dim num">{say.clock(e.at)}</span>
            </p>
            {e.body && <div className="body">{e.body}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
};
