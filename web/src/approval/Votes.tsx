// The votes on a question: who said what, who is waited for, and for whom they stand in.
import type { Rec } from '../api/types';
import { useBook } from '../book';
import { Ago, Person } from '../fields/Show';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { Icon, type IconName } from '../ui/Icon';
import { voteKind, type Stage } from './data';

const marks: Record<string, IconName> = { approved: 'check', rejected: 'close', expired: 'warn' };

// useRule says in one sentence how the votes of a stage count.
export const useRule = () => {
  const { t } = useSay();
  return (s: Stage, people: number): string => {
    switch (s.rule) {
      case 'all':
        return people === 1 ? t('apr.rule.one') : t('apr.rule.all', { n: people });
      case 'quorum':
        return t('apr.rule.quorum', { k: s.k ?? 0, n: people });
      case 'percent':
        return t('apr.rule.percent', { k: s.k ?? 0, n: people });
      default:
        return people === 1 ? t('apr.rule.one') : t('apr.rule.any', { n: people });
    }
  };
};

export const Votes = ({ votes, mine }: { votes: Rec[]; mine?: string }) => {
  const { t, label } = useSay();
  const k = voteKind(useBook());
  return (
    <ul className="votes">
      {votes.map(v => (
        <li key={v.id} className={`vote ${v.state} ${v.id === mine ? 'mine' : ''}`}>
          <span className="votemark" aria-hidden="true">{marks[v.state ?? ''] && <Icon name={marks[v.state ?? ''] ?? 'check'} size={12} />}</span>
          <span className="votebody">
            <b><Person id={(v['decided_by'] as string | null) ?? (v['approver'] as string | undefined)} /></b>
            {typeof v['delegated_from'] === 'string' && v['delegated_from'] !== v['decided_by'] && <span className="dim"> <For id={v['delegated_from']} /></span>}
            <span className="voteword"> {label(k?.life?.states.find(s => s.name === v.state)?.label)}</span>
            {typeof v['decided_at'] === 'string' && v.state !== 'cancelled' && <span className="dim"> · <Ago at={v['decided_at']} /></span>}
            {v.state === 'pending' && typeof v['escalated_to'] === 'string' && <span className="dim"> · {t('apr.escalated')} <Person id={v['escalated_to']} /></span>}
            {v.state === 'pending' && Number(v['reminders']) > 0 && <span className="dim"> · {t('apr.reminded', { n: Number(v['reminders']) })}</span>}
            {typeof v['comment'] === 'string' && v['comment'] && <q lang={langOf(v['comment'])}>{v['comment']}</q>}
          </span>
        </li>
      ))}
    </ul>
  );
};

// For says for whom somebody stands in, in the order of the language.
export const For = ({ id }: { id: string }) => {
  const { t } = useSay();
  const [before = '', after = ''] = t('apr.for', { name: '\u0000' }).split('\u0000');
  return (
    <>
      {before}
      <Person id={id} />
      {after}
    </>
  );
};
