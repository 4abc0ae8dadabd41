// My requests: those still under way, or those that ended.
import { Link, useSearch } from '@tanstack/react-router';
import type { Kind, Rec } from '../api/types';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { Button } from '../ui/Button';
import { requests, useMine, type Part } from './ask';
import { Card } from './Card';
import { Back, Oops, Page } from './Page';

const PAGE = 20;

export const RequestsPage = () => {
  const { t } = useSay();
  const kinds = requests(useBook());
  const { show } = useSearch({ from: '/portal/requests' });
  const part: Part = show === 'closed' ? 'closed' : 'unfinished';
  return (
    <Page title={t('portal.mine')}>
      <Back to="/portal">{t('portal.home')}</Back>
      <h1>{t('portal.mine')}</h1>
      <nav className="ptabs" aria-label={t('portal.show')}>
        {(['unfinished', 'closed'] as const).map(p => (
          <Link key={p} to="/portal/requests" search={p === 'closed' ? { show: 'closed' } : {}} replace aria-current={part === p ? 'page' : undefined} activeProps={{}}>
            {t(`portal.show.${p}`)}
          </Link>
        ))}
      </nav>
      {kinds.map(k => (
        <Rows key={`${k.name}${part}`} kind={k} part={part} several={kinds.length > 1} />
      ))}
    </Page>
  );
};

const Rows = ({ kind: k, part, several }: { kind: Kind; part: Part; several: boolean }) => {
  const { t, label } = useSay();
  const list = useMine(k, part, PAGE);
  if (list.error && !list.data) return <Oops error={list.error} retry={() => void list.refetch()} />;
  const rows: Rec[] = list.data?.pages.flatMap(p => p.items) ?? [];
  return (
    <section className="psect">
      <h2 className={several ? '' : 'sr'}>{label(k.label_plural)}</h2>
      <p className="sr" role="status">
        {list.isPending ? t('app.loading') : t('queue.count', { n: list.data?.pages[0]?.total ?? rows.length })}
      </p>
      {!list.isPending && rows.length === 0 && <p className="pnone">{t(part === 'closed' ? 'portal.closed.none' : 'portal.open.none')}</p>}
      <ul className="pcards">
        {rows.map(r => (
          <Card key={r.id} kind={k} rec={r} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button className="pmore" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('portal.more')}
        </Button>
      )}
    </section>
  );
};
