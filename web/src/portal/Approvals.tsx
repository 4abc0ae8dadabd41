// My approvals in the portal: what waits for me, in plain words, and one of them to decide.
import '../approval/approval.css';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useRecord } from '../api/queries';
import type { Kind, Rec } from '../api/types';
import { useFreshApprovals, useVotes, voteKind } from '../approval/data';
import { Decide } from '../approval/Decide';
import { Matter } from '../approval/Matter';
import { useBook } from '../book';
import { Left, Person, Ago } from '../fields/Show';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { StateMark } from '../ui/marks';
import { Back, Oops, Page, Wait } from './Page';

export const ApprovalsPage = () => {
  const { t } = useSay();
  const { show } = useSearch({ from: '/portal/approvals' });
  const tab = show === 'decided' ? 'decided' : 'waiting';
  const list = useVotes(tab);
  useFreshApprovals();
  const k = voteKind(useBook());
  if (list.error && !list.data) return <Oops error={list.error} retry={() => void list.refetch()} />;
  const rows = list.data ?? [];
  return (
    <Page title={t('approvals.title')}>
      <Back to="/portal">{t('portal.home')}</Back>
      <h1>{t('approvals.title')}</h1>
      <nav className="ptabs" aria-label={t('apr.show')}>
        {(['waiting', 'decided'] as const).map(p => (
          <Link key={p} to="/portal/approvals" search={p === 'decided' ? { show: p } : {}} replace aria-current={tab === p ? 'page' : undefined} activeProps={{}}>
            {t(`apr.show.${p}`)}
          </Link>
        ))}
      </nav>
      <section className="psect">
        <h2 className="sr">{t(`apr.show.${tab}`)}</h2>
        {!list.isPending && rows.length === 0 && <p className="pnone">{t(tab === 'waiting' ? 'approvals.empty' : 'apr.decided.empty')}</p>}
        <ul className="pcards">
          {rows.map(v => {
            const question = String(v['question'] ?? '');
            return (
              <li key={v.id} className="pcard">
                <Link to="/portal/approvals/$key" params={{ key: v.number || v.id }} className="pcardlink">
                  <span className="ptitle" lang={langOf(question)}>{question}</span>
                  <span className="pmeta">
                    <span>{t('apr.asked')} <Person id={v['asked_by'] as string | undefined} /></span>
                    <span>{v.state === 'pending' && typeof v['due_at'] === 'string' ? <Left at={v['due_at']} /> : <>{k && v.state && <StateMark kind={k} state={v.state} />} {typeof v['decided_at'] === 'string' && <Ago at={v['decided_at']} />}</>}</span>
                  </span>
                  <span className="dim small" lang={langOf(v['about'])}>{String(v['about'] ?? '')}</span>
                </Link>
              </li>
            );
          })}
        </ul>
      </section>
    </Page>
  );
};

export const ApprovalPage = () => {
  const { key } = useParams({ from: '/portal/approvals/$key' });
  const k = voteKind(useBook());
  return k ? <One key={key} kind={k} id={key} /> : <Oops />;
};

const One = ({ kind, id }: { kind: Kind; id: string }) => {
  const { t } = useSay();
  const navigate = useNavigate();
  const v = useRecord(kind, id);
  if (v.error && !v.data) return <Oops error={v.error} retry={() => void v.refetch()} />;
  if (!v.data) return <Wait />;
  const vote: Rec = v.data;
  return (
    <Page title={String(vote['question'] ?? t('approvals.title'))} className="papproval">
      <Back to="/portal/approvals">{t('approvals.title')}</Back>
      <Matter vote={vote} link={false} level="h1" />
      {vote.state === 'pending' && <Decide votes={[vote]} onDone={() => void navigate({ to: '/portal/approvals', search: {} })} />}
    </Page>
  );
};
