// What was said and what was done, in one line of time.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Field, Kind, Step, Turn } from '../api/types';
import { useComments, useHistory, useMe } from '../api/queries';
import { useBook } from '../book';
import { Ago, isEmpty, Person, Show } from '../fields/Show';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { entries, type View } from './entries';
import { Rich } from './Rich';
import { saw, seenUpTo } from './seen';

// until shows no more than what had happened by a moment.
export const Activity = ({ kind: k, id, of, until }: { kind: Kind; id: string; of: string; until?: string | undefined }) => {
  const { t } = useSay();
  const me = useMe().data?.id;
  const [view, setView] = useState<View>('all');
  const comments = useComments(k, id);
  const history = useHistory(k, id);
  const list = useMemo(() => entries(comments.data ?? [], history.data ?? [], view).filter(e => !until || e.at <= until), [comments.data, history.data, view, until]);
  const ready = !comments.isPending && !history.isPending;

  // What others did since one last looked stands under a line; the line stays while one looks.
  const [since] = useState(() => seenUpTo(of));
  const last = useRef('');
  last.current = ready ? (entries(comments.data ?? [], history.data ?? [], 'all').at(-1)?.at ?? '') : '';
  useEffect(() => {
    const leave = (): void => {
      if (last.current) saw(of, last.current);
    };
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      leave();
    };
  }, [of]);
  const first = since && !until ? list.findIndex(e => e.at > since && ('comment' in e ? e.comment.author !== me : 'step' in e ? e.step.actor && e.step.actor !== me : false)) : -1;

  // The newest stands at the bottom, beside the box one writes in: one begins there, or where the new begins.
  const head = useRef<HTMLDivElement>(null);
  const line = useRef<HTMLLIElement>(null);
  const begun = useRef(false);
  const low = useRef(true);
  useEffect(() => {
    const box = head.current?.closest('.actscroll');
    const note = (): void => {
      if (box) low.current = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
    };
    box?.addEventListener('scroll', note);
    return () => box?.removeEventListener('scroll', note);
  }, []);
  const size = list.length;
  useLayoutEffect(() => {
    const box = head.current?.closest('.actscroll');
    if (!box || !ready || !size) return;
    if (!begun.current && line.current) box.scrollTop = line.current.offsetTop - 40;
    else if (!begun.current || low.current) box.scrollTop = box.scrollHeight;
    begun.current = true;
  }, [ready, size]);

  return (
    <>
      <div className="acthead" ref={head}>
        <h2>{t('record.activity')}</h2>
        <div role="group" aria-label={t('activity.filter')} className="segments">
          {(['all', 'talk', 'changes'] as const).map(v => (
            <button key={v} type="button" aria-pressed={view === v} onClick={() => setView(v)}>
              {t(`activity.${v}`)}
            </button>
          ))}
        </div>
      </div>
      {list.length === 0 ? (
        <p className="dim pad">{ready ? t('activity.empty') : `${t('app.loading')}…`}</p>
      ) : (
        <ol className="tl">
          {list.flatMap((e, i) => [
            ...(i === first ? [<li key="unread" className="unread" ref={line}>{t('activity.unread')}</li>] : []),
            'comment' in e ? (
              <li key={e.comment.id} className={e.comment.internal ? 'note' : 'comment'}>
                <div className="meta">
                  <b>
                    <Person id={e.comment.author} />
                  </b>{' '}
                  · <Ago at={e.at} />
                  <span className="what"> · {t(e.comment.internal ? 'activity.note' : 'activity.comment')}</span>
                </div>
                <div className="bub">
                  <Rich text={e.comment.body} />
                </div>
              </li>
            ) : 'steps' in e ? (
              <li key={e.steps[0]?.hash} className="sys">
                <details>
                  <summary>{t('activity.system', { n: e.steps.length })}</summary>
                  <ol>
                    {e.steps.map(s => (
                      <StepLine key={s.hash} kind={k} step={s} />
                    ))}
                  </ol>
                </details>
              </li>
            ) : (
              <StepLine key={e.step.hash} kind={k} step={e.step} />
            ),
          ])}
        </ol>
      )}
    </>
  );
};

const dull = new Set(['version', 'updated_at', 'updated_by', 'created_at', 'created_by', 'id', 'number']);

const names: Record<string, 'activity.created' | 'activity.changed' | 'activity.link' | 'activity.unlink' | 'activity.attach' | 'activity.detach' | 'activity.erase'> = {
  create: 'activity.created',
  update: 'activity.changed',
  link: 'activity.link',
  unlink: 'activity.unlink',
  attach: 'activity.attach',
  detach: 'activity.detach',
  erase: 'activity.erase',
};

export const StepLine = ({ kind: k, step: s }: { kind: Kind; step: Step }) => {
  const { t, label } = useSay();
  const book = useBook();
  const move = book.move(k, s.verb);
  const key = names[s.verb];
  const turns = (s.fields ?? []).filter(x => !dull.has(x.field) && s.verb !== 'create').map(x => ({ turn: x, field: book.field(k, x.field) })).filter((x): x is { turn: Turn; field: Field } => Boolean(x.field));
  const text = typeof s.note?.['name'] === 'string' ? s.note['name'] : '';
  return (
    <li className={s.actor ? 'change' : 'sys'}>
      <div className="meta">
        <b>
          <Person id={s.actor} />
        </b>{' '}
        · <Ago at={s.at} />
        <span className="what"> · {move ? label(move.label) : key ? t(key) : s.verb}</span>
      </div>
      {turns.length > 0 && (
        <ul className="turns">
          {turns.slice(0, 6).map(x => (
            <TurnLine key={x.field.name} kind={k} {...x} />
          ))}
          {turns.length > 6 && (
            <li>
              <details>
                <summary className="dim">+{turns.length - 6}</summary>
                <ul>
                  {turns.slice(6).map(x => (
                    <TurnLine key={x.field.name} kind={k} {...x} />
                  ))}
                </ul>
              </details>
            </li>
          )}
        </ul>
      )}
      {text && <p className="turns">{text}</p>}
      {s.reason && (
        <p className="turns" lang={langOf(s.reason)}>
          {t('activity.reason', { reason: s.reason })}
        </p>
      )}
    </li>
  );
};

const TurnLine = ({ kind: k, turn, field }: { kind: Kind; turn: Turn; field: Field }) => {
  const { t, label } = useSay();
  return (
    <li>
      <span className="dim">{label(field.label)}</span>{' '}
      {turn.erased ? (
        <span className="dim">{t('activity.erased')}</span>
      ) : (
        <>
          {!isEmpty(turn.old) && (
            <>
              <del>
                <span className="sr">{t('activity.from')} </span>
                <Show kind={k} field={field} value={turn.old} link={false} />
              </del>{' '}
              <span aria-hidden="true">→</span>{' '}
            </>
          )}
          <ins>
            <span className="sr">{t('activity.to')} </span>
            {isEmpty(turn.new) ? t('app.none') : <Show kind={k} field={field} value={turn.new} link={false} />}
          </ins>
        </>
      )}
    </li>
  );
};
