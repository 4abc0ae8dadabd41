// Approvals on a record's page: what was asked about it, who said what, who is waited for; and asking.
import './approval.css';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { newKey } from '../api/client';
import { faultOf } from '../api/fault';
import { doMove, refresh, useMe } from '../api/queries';
import type { Kind, Rec } from '../api/types';
import { useBook } from '../book';
import { Ago, Left, Name, Person } from '../fields/Show';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { Button } from '../ui/Button';
import { StateMark } from '../ui/marks';
import { toast } from '../ui/toast';
import { Ask } from './Ask';
import { again, roundKind, stagesOf, useFreshApprovals, useRounds, useVotesOf, useVotesOn, type Stage } from './data';
import { useRule, Votes } from './Votes';

type Props = { kind: Kind; rec: Rec; final: boolean };

// A Panel is what approvals tell of a record: of one that may be approved, or of a question.
export const Panel = (p: Props) => {
  const book = useBook();
  if (p.kind === roundKind(book)) return <OneRound kind={p.kind} rec={p.rec} />;
  return <Of {...p} />;
};

const OneRound = ({ kind, rec }: { kind: Kind; rec: Rec }) => {
  const book = useBook();
  const votes = useVotesOf(rec.id).data ?? [];
  const of = book.kinds.get(String(rec['target_kind']));
  useFreshApprovals();
  return of ? (
    <section className="sect">
      <Round kind={kind} round={rec} of={of} target={{ ...rec, id: String(rec['target']) }} votes={votes} />
    </section>
  ) : null;
};

const Of = ({ kind, rec, final }: Props) => {
  const { t, label } = useSay();
  const book = useBook();
  const rk = roundKind(book);
  const rounds = useRounds(rec.id).data ?? [];
  const votes = useVotesOn(rec.id).data ?? [];
  const [asking, setAsking] = useState(false);
  useFreshApprovals();
  if (!rk) return null;
  const may = rk.can_create && !final;
  if (!may && rounds.length === 0) return null;
  const open = rounds.filter(r => r.state === 'open');
  const past = rounds.filter(r => r.state !== 'open');
  return (
    <section className="sect">
      <h2>
        {label(book.field(kind, 'approval')?.label)} {open.length > 0 && <span className="dim">{t('apr.waiting', { n: open.length })}</span>}
        {may && (
          <span className="end">
            <Button className="mini" icon="approve" onClick={() => setAsking(true)}>{t('apr.ask')}</Button>
          </span>
        )}
      </h2>
      {[...open, ...past.slice(0, 1)].map(r => <Round key={r.id} kind={rk} round={r} of={kind} target={rec} votes={votes.filter(v => v['round'] === r.id)} />)}
      {past.length > 1 && (
        <details className="pastrounds">
          <summary>{t('apr.past', { n: past.length - 1 })}</summary>
          {past.slice(1).map(r => <Round key={r.id} kind={rk} round={r} of={kind} target={rec} votes={votes.filter(v => v['round'] === r.id)} />)}
        </details>
      )}
      {asking && <Ask kind={kind} rec={rec} rounds={rk} onClose={() => setAsking(false)} />}
    </section>
  );
};

const Round = ({ kind: k, round: r, of, target, votes }: { kind: Kind; round: Rec; of: Kind; target: Rec; votes: Rec[] }) => {
  const { t, label } = useSay();
  const book = useBook();
  const rule = useRule();
  const me = useMe().data;
  const stages = stagesOf(r);
  const question = String(r['question'] ?? '');
  const mine = votes.find(v => v.state === 'pending' && me && [v['approver'], v['escalated_to'], v['delegated_from']].includes(me.id));
  const run = async (move: string): Promise<void> => {
    try {
      await doMove(k, r.id, move, {}, { idem: newKey() });
      toast(move === 'remind' ? t('apr.remind.done') : t('apr.withdraw.done'));
    } catch (e) {
      const f = faultOf(e);
      toast(f.guards.map(g => g.message).join(' ') || f.message, 'bad');
    }
    again();
    refresh(of.name, [target.id, book.key(target)]);
  };
  return (
    <article className="round" aria-label={question}>
      <h3>
        <span lang={langOf(question)}>{question}</span>
        {r.state && <StateMark kind={k} state={r.state} />}
        {r.state === 'open' && typeof r['due_at'] === 'string' && <Left at={r['due_at']} />}
      </h3>
      <p className="dim small">
        {t('apr.asked')} <Person id={r['asked_by'] as string | undefined} /> · <Ago at={r.created_at} />
        {typeof r['decided_at'] === 'string' && <> · {label(book.field(k, 'decided_at')?.label)} <Ago at={r['decided_at']} /></>}
      </p>
      {stages.map((s, i) => {
        const here = votes.filter(v => Number(v['stage']) === i);
        if (!here.length && r.state !== 'open') return null;
        return (
          <div key={i} className="stagevotes">{/* eslint-disable-line react/no-array-index-key -- stages in order */}
            {(stages.length > 1 || here.length > 1 || !here.length) && (
              <p className="dim small">
                {stages.length > 1 && <b>{s.name || t('apr.stage', { n: i + 1 })}</b>} {here.length ? rule(s, here.length) : <>{t('apr.later')}: <Whom stage={s} /></>}
              </p>
            )}
            <Votes votes={here} />
          </div>
        );
      })}
      {(mine || r.can.moves.length > 0) && (
        <p className="roundacts">
          {mine && <Link to="/my/approvals" search={{ at: mine.id }} className="btn mini primary">{t('apr.decide.now')}</Link>}
          {r.can.moves.map(m => <Button key={m} className="mini" onClick={() => void run(m)}>{label(book.move(k, m)?.label)}</Button>)}
        </p>
      )}
    </article>
  );
};

// Whom says who a stage will ask, before it does.
const Whom = ({ stage: s }: { stage: Stage }) => {
  const { t, label } = useSay();
  const book = useBook();
  return (
    <span className="many">
      {(s.approvers ?? []).map(id => <Person key={id} id={id} />)}
      {s.group && <Name kind="group" id={s.group} link={false} />}
      {s.role && <span>{label(book.wire.roles.find(r => r.name === s.role)?.label)}</span>}
      {s.manager && <span>{t('apr.manager')}</span>}
    </span>
  );
};
