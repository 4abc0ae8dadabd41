// What was said and what was done, in one line of time.
import { useMemo, useState } from 'react';
import type { Comment, Field, Kind, Step, Turn } from '../api/types';
import { useComments, useHistory } from '../api/queries';
import { useBook } from '../book';
import { Ago, isEmpty, Person, Show } from '../fields/Show';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { Said } from './Said';

type Entry = { at: string; comment: Comment } | { at: string; step: Step } | { at: string; steps: Step[] };
type View = 'all' | 'talk' | 'changes';

const dull = new Set(['version', 'updated_at', 'updated_by', 'created_at', 'created_by', 'id', 'number']);

// entries merges comments and history; runs of what the system did by itself fold into one line.
const entries = (comments: Comment[], history: Step[], view: View): Entry[] => {
  const out: Entry[] = [];
  if (view !== 'changes') out.push(...comments.map(comment => ({ at: comment.at, comment })));
  if (view !== 'talk')
    for (const step of history) {
      if (step.verb === 'comment' || step.verb === 'note') continue;
      const last = out.at(-1);
      if (!step.actor && step.verb !== 'create' && last) {
        if ('steps' in last) {
          last.steps.push(step);
          continue;
        }
        out.push({ at: step.at, steps: [step] });
      } else out.push({ at: step.at, step });
    }
  return out.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
};

export const Activity = ({ kind: k, id, rich }: { kind: Kind; id: string; rich: boolean }) => {
  const { t } = useSay();
  const [view, setView] = useState<View>('all');
  const comments = useComments(k, id);
  const history = useHistory(k, id);
  const list = useMemo(() => entries(comments.data ?? [], history.data ?? [], view), [comments.data, history.data, view]);
  return (
    <>
      <div className="acthead">
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
        <p className="dim pad">{comments.isPending || history.isPending ? `${t('app.loading')}…` : t('activity.empty')}</p>
      ) : (
        <ol className="tl">
          {list.map(e =>
            'comment' in e ? (
              <li key={e.comment.id} className={e.comment.internal ? 'note' : 'comment'}>
                <div className="meta">
                  <b>
                    <Person id={e.comment.author} />
                  </b>{' '}
                  · <Ago at={e.at} />
                  <span className="what"> · {t(e.comment.internal ? 'activity.note' : 'activity.comment')}</span>
                </div>
                <div className="bub" lang={langOf(e.comment.body)}>
                  {rich ? <Said text={e.comment.body} /> : e.comment.body}
                </div>
              </li>
            ) : 'steps' in e ? (
              e.steps.length === 1 && e.steps[0] ? (
                <StepLine key={e.steps[0].hash} kind={k} step={e.steps[0]} />
              ) : (
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
              )
            ) : (
              <StepLine key={e.step.hash} kind={k} step={e.step} />
            ),
          )}
        </ol>
      )}
    </>
  );
};

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
